package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Fields;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says which fields and targets pass and which do not; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class ForwardingContractTest {
    private final Transport transport;

    ForwardingContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldRemoveHopByHopFieldsOfRequests() throws Exception {
        Request received =
                forwarded(
                        "",
                        "Connection: keep-alive, X-Private, X-Other",
                        "Keep-Alive: timeout=5",
                        "Proxy-Connection: keep-alive",
                        "Proxy-Authorization: Basic eDp5",
                        "TE: trailers",
                        "Upgrade: h2c",
                        "X-Private: 1",
                        "x-other: 2",
                        "X-Public: 3");
        for (String name :
                List.of(
                        "keep-alive",
                        "proxy-connection",
                        "upgrade",
                        "proxy-authorization",
                        "x-private",
                        "x-other")) {
            assertThat(received.fields().has(name)).as(name).isFalse();
        }
        assertThat(received.fields().members("te")).isSubsetOf("trailers");
        assertThat(received.fields().members("connection")).isSubsetOf("keep-alive", "te");
        assertThat(received.header("x-public")).isEqualTo("3");
    }

    @Test
    void shouldNotLetConnectionNameFieldsThatFrameOrRoute() throws Exception {
        Request received = forwarded("", "Connection: close, Host, X-Forwarded-For", "X-Kept: 1");
        assertThat(received.header("host")).isEqualTo("example.com:81");
        assertThat(received.header("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(received.header("x-kept")).isEqualTo("1");
    }

    @Test
    void shouldRemoveHopByHopFieldsOfResponses() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    String.join(
                                            "\r\n",
                                            "HTTP/1.1 200 OK",
                                            "Connection: X-Inner",
                                            "X-Inner: 1",
                                            "Keep-Alive: timeout=5",
                                            "Upgrade: h2c",
                                            "Proxy-Connection: close",
                                            "X-Outer: 2",
                                            "Content-Length: 0",
                                            "",
                                            ""));
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            Fields fields = client.get("/").readResponse().fields();
            for (String name : List.of("x-inner", "keep-alive", "upgrade", "proxy-connection")) {
                assertThat(fields.has(name)).as(name).isFalse();
            }
            assertThat(fields.members("connection")).doesNotContain("x-inner", "close");
            assertThat(fields.value("x-outer")).isEqualTo("2");
        }
    }

    @Test
    void shouldKeepRepeatedFieldsInOrder() throws Exception {
        Request received = forwarded("", "Cookie: a=1", "X-A: one", "Cookie: b=2", "x-a: two");
        assertThat(received.fields().all("cookie")).containsExactly("a=1", "b=2");
        assertThat(received.fields().all("x-a")).containsExactly("one", "two");
    }

    @Test
    void shouldPassValuesByteByByte() throws Exception {
        Request received = forwarded("", "X-Bytes: \u00ff\u0080 \t\"x\"; y");
        assertThat(received.header("x-bytes")).isEqualTo("\u00ff\u0080 \t\"x\"; y");
    }

    @Test
    void shouldPreserveTheHost() throws Exception {
        assertThat(forwarded("").fields().all("host")).containsExactly("example.com:81");
    }

    @Test
    void shouldOverwriteForwardingFieldsOfStrangers() throws Exception {
        Request received =
                forwarded(
                        "",
                        "X-Forwarded-For: 9.9.9.9",
                        "x-forwarded-for: 8.8.8.8",
                        "X-Forwarded-Proto: https",
                        "X-Forwarded-Host: evil.example",
                        "X-Real-IP: 9.9.9.9",
                        "X-Request-Id: chosen-by-the-client",
                        "Forwarded: for=9.9.9.9");
        assertThat(received.header("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(received.header("x-forwarded-proto")).isEqualTo("http");
        assertThat(received.header("x-forwarded-host")).isEqualTo("example.com:81");
        assertThat(received.header("x-real-ip")).isEqualTo("127.0.0.1");
        assertThat(received.header("x-request-id"))
                .isNotBlank()
                .isNotEqualTo("chosen-by-the-client");
        assertThat(received.fields().all("forwarded").toString()).doesNotContain("9.9.9.9");
    }

    @Test
    void shouldExtendForwardingFieldsOfTrustedProxies() throws Exception {
        Request received =
                forwarded(
                        "trustedProxies: [127.0.0.0/8, 10.0.0.0/8]",
                        "X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.1.2.3",
                        "X-Forwarded-Proto: https",
                        "X-Forwarded-Host: shop.example",
                        "X-Request-Id: id-from-the-edge");
        assertThat(received.header("x-forwarded-for"))
                .isEqualTo("6.6.6.6, 203.0.113.7, 10.1.2.3, 127.0.0.1");
        assertThat(received.header("x-real-ip")).isEqualTo("203.0.113.7");
        assertThat(received.header("x-forwarded-proto")).isEqualTo("https");
        assertThat(received.header("x-forwarded-host")).isEqualTo("shop.example");
        assertThat(received.header("x-request-id")).isEqualTo("id-from-the-edge");
    }

    @Test
    void shouldGiveEveryRequestItsOwnId() throws Exception {
        String first = forwarded("").header("x-request-id");
        String second = forwarded("").header("x-request-id");
        assertThat(first).isNotBlank().isNotEqualTo(second);
    }

    @Test
    void shouldAppendItselfToVia() throws Exception {
        assertThat(forwarded("").fields().members("via"))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("1.1 ");
        assertThat(forwarded("", "Via: 1.0 fred").fields().members("via"))
                .hasSize(2)
                .startsWith("1.0 fred");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a/../b/./c",
                "/a%2Fb",
                "/%7Euser/%c3%a9",
                "/a//b/",
                "/?",
                "/x?a=1&b=%20&c=/../",
                "/;p=1?x=[y]",
            })
    void shouldForwardTheTargetAsReceived(String target) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            assertThat(client.get(target).readResponse().status()).isEqualTo(200);
            assertThat(origin.takeRequest().target()).isEqualTo(target);
        }
    }

    @Test
    void shouldUnderstandTheAbsoluteForm() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .route("{name: r, hosts: [inner.example], path: /a, upstream: app}")
                                .start();
                RawClient client = gateway.connect()) {
            client.send("GET http://inner.example/a?b=c HTTP/1.1\r\nHost: outer.example\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            Request received = origin.takeRequest();
            assertThat(received.header("host")).isEqualTo("inner.example");
            assertThat(received.target()).isIn("/a?b=c", "http://inner.example/a?b=c");
        }
    }

    @Test
    void shouldForwardOptionsAsterisk() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.takeRequest().target()).isEqualTo("*");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OPTIONS http://b, *",
        "OPTIONS http://b/, /",
        "OPTIONS http://b?x, /?x",
        "GET http://b, /"
    })
    void shouldForwardOptionsOfAWholeServerAsAsterisk(String line, String target) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(line + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            Request received = origin.takeRequest();
            assertThat(received.target()).isEqualTo(target);
            assertThat(received.header("host")).isEqualTo("b");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OPTIONS * , 1, 0",
        "OPTIONS /, 7, 6",
        "TRACE /, 10, 9",
        "OPTIONS /, 99999999999, 999999",
        "OPTIONS /, odd, odd",
        "GET /, 5, 5",
        "GET /, 0, 0"
    })
    void shouldCountMaxForwardsDown(String line, String received, String forwarded)
            throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(line + " HTTP/1.1\r\nHost: a\r\nMax-Forwards: " + received + "\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.takeRequest().header("max-forwards")).isEqualTo(forwarded);
        }
    }

    @Test
    void shouldAnswerItselfWhatMayNotBeForwarded() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("OPTIONS /a HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
            Response options = client.readResponse("OPTIONS");
            assertThat(options.status()).isEqualTo(204);
            assertThat(options.header("allow")).contains("GET", "OPTIONS");
            client.send("TRACE /a HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
            Response trace = client.readResponse("TRACE");
            assertThat(trace.status()).isEqualTo(501);
            assertThat(trace.text()).contains("TRACE is forwarded");
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void shouldForwardMethodsThatItDoesNotKnow() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("PROPFIND /dav HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.takeRequest().method()).isEqualTo("PROPFIND");
        }
    }

    @Test
    void shouldSpeakHttp11ToTheOriginForAnHttp10Client() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("GET /old HTTP/1.0\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            Request received = origin.takeRequest();
            assertThat(received.version()).isEqualTo("HTTP/1.1");
            assertThat(received.fields().members("connection")).doesNotContain("close");
        }
    }

    private Request forwarded(String listener, String... fields) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        listener.isEmpty()
                                ? TestGateway.inFrontOf(origin, transport)
                                : TestGateway.on(transport)
                                        .listener(listener)
                                        .upstream("app", origin)
                                        .start();
                RawClient client = gateway.connect()) {
            StringBuilder head = new StringBuilder("GET / HTTP/1.1\r\nHost: example.com:81\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            client.send(head.append("\r\n").toString());
            assertThat(client.readResponse().status()).isEqualTo(200);
            return origin.takeRequest();
        }
    }
}
