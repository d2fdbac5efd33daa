package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says how bodies are framed on both sides; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class FramingContractTest {
    private final Transport transport;

    FramingContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldPassAResponseOfKnownLength() throws Exception {
        Response response = answerTo("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(response.header("content-length")).isEqualTo("5");
        assertThat(response.text()).isEqualTo("hello");
    }

    @Test
    void shouldPassAnEmptyResponse() throws Exception {
        Response response = answerTo("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(response.header("content-length")).isEqualTo("0");
        assertThat(response.text()).isEmpty();
    }

    @Test
    void shouldPassChunksWithExtensionsAndTrailers() throws Exception {
        Response response =
                answerTo(
                        "GET",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                                + "3;a=b;c=\"d\"\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 7\r\n\r\n");
        assertThat(response.text()).isEqualTo("abcde");
        assertThat(response.trailers().value("x-sum")).isEqualTo("7");
    }

    @Test
    void shouldSayItsOwnVersionWhateverTheOriginSays() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    "HTTP/1.5 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                            + "Content-Length: 2\r\n\r\nok");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/");
            byte[] version = client.reader().readExactly(9);
            assertThat(new String(version, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 ");
        }
    }

    @Test
    void shouldPassACloseDelimitedResponseWhole() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("until the end");
        }
    }

    @Test
    void shouldPassAResponseOfAnHttp10Origin() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            Response response = client.get("/").readResponse();
            assertThat(response.version()).isEqualTo("HTTP/1.1");
            assertThat(response.text()).isEqualTo("old");
            assertThat(client.get("/").readResponse().text()).isEqualTo("old");
            assertThat(origin.acceptedConnections()).isEqualTo(2);
        }
    }

    @Test
    void shouldNotWaitForABodyAfterHead() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            while (true) {
                                connection.readRequest();
                                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
                            }
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
                Response response = client.readResponse("HEAD");
                assertThat(response.header("content-length")).isEqualTo("1234");
            }
            assertThat(origin.acceptedConnections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
            })
    void shouldNotWaitForABodyThatCannotBe(String answer) throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            while (true) {
                                connection.readRequest();
                                connection.send(answer);
                            }
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                Response response = client.get("/").readResponse();
                assertThat(response.status()).isEqualTo(Integer.parseInt(answer.substring(9, 12)));
                assertThat(response.fields().has("transfer-encoding")).isFalse();
            }
            assertThat(origin.acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void shouldTakeChunksApartForAnHttp10Client() throws Exception {
        try (ScriptedOrigin origin =
                        replying(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        + "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 7\r\n\r\n");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            Response response = client.readResponse();
            assertThat(response.fields().has("transfer-encoding")).isFalse();
            assertThat(response.text()).isEqualTo("abcde");
        }
    }

    @Test
    void shouldPassChunkedRequestsWithTrailers() throws Exception {
        try (ScriptedOrigin origin = replying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "3;x=y\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            Request received = origin.takeRequest();
            assertThat(received.text()).isEqualTo("abc");
            assertThat(received.trailers().value("x-sum")).isEqualTo("7");
        }
    }

    @Test
    void shouldStreamARequestBodyWhileItArrives() throws Exception {
        CountDownLatch firstPart = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readHead();
                            connection.reader().readExactly(5);
                            firstPart.countDown();
                            connection.reader().readExactly(6);
                            connection.reply("done");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nfirst");
            assertThat(firstPart.await(10, TimeUnit.SECONDS)).isTrue();
            client.send("second");
            assertThat(client.readResponse().text()).isEqualTo("done");
        }
    }

    @Test
    void shouldStreamAResponseBodyWhileItArrives() throws Exception {
        CountDownLatch firstPartSeen = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + "5\r\nfirst\r\n");
                            connection.await(firstPartSeen);
                            connection.send("0\r\n\r\n");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            Response head = client.get("/").reader().readResponseHead();
            assertThat(head.status()).isEqualTo(200);
            assertThat(new String(client.reader().readExactly(10), StandardCharsets.US_ASCII))
                    .isEqualTo("5\r\nfirst\r\n");
            firstPartSeen.countDown();
            assertThat(client.reader().readExactly(5))
                    .isEqualTo("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private Response answerTo(String method, String answer) throws Exception {
        try (ScriptedOrigin origin = replying(answer);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
            Response first = client.readResponse(method);
            client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
            Response second = client.readResponse(method);
            assertThat(second.text()).isEqualTo(first.text());
            assertThat(origin.acceptedConnections()).isEqualTo(1);
            return first;
        }
    }

    private static ScriptedOrigin replying(String answer) throws IOException {
        return ScriptedOrigin.start(connection -> {
            while (true) {
                connection.readRequest();
                connection.send(answer);
            }
        });
    }
}
