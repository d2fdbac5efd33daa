package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Says how requests are refused: status, body, close; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class RefusalContractTest {
    private final Transport transport;

    RefusalContractTest(Transport transport) {
        this.transport = transport;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | bad_request            | GET / HTTP/1.1@@",
                "400 | bad_request            | GET  / HTTP/1.1@Host: a@@",
                "400 | bad_request            | POST / HTTP/1.1@Host: a@Content-Length: x@@",
                "411 | length_required        | POST / HTTP/1.0@Host: a@@",
                "417 | expectation_failed     | GET / HTTP/1.1@Host: a@Expect: the-best@@",
                "501 | not_implemented        | CONNECT a:80 HTTP/1.1@Host: a:80@@",
                "501 | not_implemented        | POST / HTTP/1.1@Host: a@Transfer-Encoding: gzip, chunked@@",
                "505 | version_not_supported  | GET / HTTP/2.0@Host: a@@",
            })
    void shouldRefuseWithTheRightStatusAndClose(int status, String name, String request)
            throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(request.replace("@", "\r\n"));
            expectRefusal(client, status, name);
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void shouldRefuseAndLogWhatIsNoRequestBehindOneThatWas(@TempDir Path directory)
            throws Exception {
        Path log = directory.resolve("access.log");
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .server("accessLog: " + log)
                                .upstream("app", origin)
                                .start();
                RawClient client = gateway.connect()) {
            client.get("/");
            assertThat(client.readResponse().status()).isEqualTo(200);
            client.send("GET /% HTTP/1.1\r\nHost: a\r\n\r\n");
            expectRefusal(client, 400, "bad_request");
            eventually("both lines are there", () -> Files.readAllLines(log).size() == 2);
        }
    }

    @Test
    void shouldRefuseALongRequestLine() throws Exception {
        try (TestGateway gateway = limited("requestLine: 256B");
                RawClient client = gateway.connect()) {
            client.send("GET /" + "a".repeat(300) + " HTTP/1.1\r\nHost: a\r\n\r\n");
            expectRefusal(client, 414, "uri_too_long");
        }
    }

    @Test
    void shouldRefuseALongRequestLineBeforeItEnds() throws Exception {
        try (TestGateway gateway = limited("requestLine: 256B");
                RawClient client = gateway.connect()) {
            client.send("GET /" + "a".repeat(300));
            expectRefusal(client, 414, "uri_too_long");
        }
    }

    @Test
    void shouldRefuseLargeHeaders() throws Exception {
        try (TestGateway gateway = limited("headers: 512B");
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX-A: " + "a".repeat(600) + "\r\n\r\n");
            expectRefusal(client, 431, "headers_too_large");
        }
    }

    @Test
    void shouldRefuseTooManyHeaders() throws Exception {
        try (TestGateway gateway = limited("headerCount: 10");
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n" + "X-A: b\r\n".repeat(10) + "\r\n");
            expectRefusal(client, 431, "headers_too_large");
        }
    }

    @Test
    void shouldAdmitHeadsUpToTheLimits() throws Exception {
        try (TestGateway gateway = limited("headerCount: 10");
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n" + "X-A: b\r\n".repeat(9) + "\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void shouldAdmitAHeadLargerThanOneReceiveBuffer() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            String value = "v".repeat(60 * 1024);
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Large: " + value + "\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.takeRequest().header("x-large")).isEqualTo(value);
        }
    }

    @Test
    void shouldRefuseADeclaredBodyThatIsTooLarge() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("limits: {body: 1KiB}")
                                .upstream("app", origin)
                                .start();
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n");
            expectRefusal(client, 413, "content_too_large");
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void shouldRefuseChunksThatSumUpToTooMuch() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readHead();
                            connection.awaitEnd();
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("limits: {body: 1KiB}")
                                .upstream("app", origin)
                                .start();
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("200\r\n" + "a".repeat(512) + "\r\n").send("200\r\n" + "b".repeat(512));
            client.send("\r\n1\r\nc\r\n0\r\n\r\n");
            expectRefusal(client, 413, "content_too_large");
        }
    }

    @Test
    void shouldAdmitABodyOfExactlyTheLimit() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("limits: {body: 1KiB}")
                                .upstream("app", origin)
                                .start();
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1024\r\n\r\n");
            client.send("a".repeat(1024));
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void shouldDeliverTheRefusalToAClientThatKeepsSending() throws Exception {
        try (TestGateway gateway = limited("body: 1KiB");
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            try {
                client.send(new byte[1_000_000]);
            } catch (SocketException closed) {
                // The refusal must be readable all the same.
            }
            assertThat(client.readResponse().status()).isEqualTo(413);
        }
    }

    @Test
    void shouldTimeOutAHeadThatNeverEnds() throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("timeouts: {headers: 300ms}")
                                .route(OK)
                                .start();
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n");
            expectRefusal(client, 408, "request_timeout");
        }
    }

    @Test
    void shouldNotProlongTheHeadTimeoutByTrickles() throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("timeouts: {headers: 500ms}")
                                .route(OK)
                                .start();
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n");
            long startNs = System.nanoTime();
            while (client.staysSilentFor(100)) {
                assertThat(System.nanoTime() - startNs).isLessThan(5_000_000_000L);
                client.send("X-More: 1\r\n");
            }
        } catch (SocketException closed) {
            // The refusal was sent between two trickles.
        }
    }

    @Test
    void shouldTimeOutABodyThatStalls() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readHead();
                            connection.awaitEnd();
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("timeouts: {body: 300ms}")
                                .upstream("app", origin)
                                .start();
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(408);
            client.expectEnd();
        }
    }

    @Test
    void shouldStillAnswerWhatCameBeforeTheBadRequest() throws Exception {
        try (TestGateway gateway = limited("headerCount: 50");
                RawClient client = gateway.connect()) {
            client.get("/").send("GET / HTTP/1.1\r\nBad Field: 1\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            expectRefusal(client, 400, "bad_request");
        }
    }

    @Test
    void shouldAnswerInTheFormThatTheClientAccepts() throws Exception {
        try (TestGateway gateway = limited("headerCount: 50");
                RawClient client = gateway.connect()) {
            client.send("GET /none HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n");
            Response json = client.readResponse();
            assertThat(json.status()).isEqualTo(404);
            assertThat(json.header("content-type")).startsWith("application/json");
            assertThat(json.text().strip()).startsWith("{").endsWith("}").contains("\"no_route\"");
            client.send("GET /none HTTP/1.1\r\nHost: a\r\nAccept: text/plain\r\n\r\n");
            Response text = client.readResponse();
            assertThat(text.header("content-type")).startsWith("text/plain");
            assertThat(text.text()).contains("no_route").doesNotStartWith("{");
        }
    }

    @Test
    void shouldNameTheRequestIdInTheBodyOfAnError() throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("trustedProxies: [127.0.0.0/8]")
                                .route(OK)
                                .start();
                RawClient client = gateway.connect()) {
            client.send("GET /none HTTP/1.1\r\nHost: a\r\nX-Request-Id: id-of-mine\r\n\r\n");
            assertThat(client.readResponse().text()).contains("id-of-mine");
        }
    }

    @Test
    void shouldSendNoBodyWithAnErrorForHead() throws Exception {
        try (TestGateway gateway = limited("headerCount: 50");
                RawClient client = gateway.connect()) {
            client.send("HEAD /none HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse("HEAD").status()).isEqualTo(404);
            assertThat(client.get("/").readResponse().status()).isEqualTo(200);
        }
    }

    private static final String OK = "{name: ok, path: /, respond: {status: 200, body: ok}}";

    private TestGateway limited(String limits) throws IOException {
        return TestGateway.on(transport).listener("limits: {" + limits + "}").route(OK).start();
    }

    private static void expectRefusal(RawClient client, int status, String name)
            throws IOException {
        Response response = client.readResponse();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.announcesClose()).isTrue();
        assertThat(response.text()).contains(name);
        client.expectEnd();
    }
}
