package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.IncompleteMessageException;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says what clients see when an origin fails; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class OriginFailureContractTest {
    private final Transport transport;

    OriginFailureContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldCutTheConnectionWhenTheOriginDiesInsideAKnownLength() throws Exception {
        expectCut("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    }

    @Test
    void shouldCutTheConnectionWhenTheOriginDiesInsideAChunk() throws Exception {
        expectCut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf");
    }

    @Test
    void shouldCutTheConnectionWhenTheOriginDiesBetweenChunks() throws Exception {
        expectCut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    }

    @Test
    void shouldCutTheConnectionWhenTheOriginDiesBeforeTheTrailersEnd() throws Exception {
        expectCut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n");
    }

    @Test
    void shouldCutTheConnectionWhenTheOriginSendsABadChunk() throws Exception {
        expectCut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf!");
    }

    @Test
    void shouldResetAnHttp10ClientWhenTheOriginDiesInsideItsBody() throws Exception {
        try (ScriptedOrigin origin =
                        once(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        + "4\r\nhalf\r\n");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            assertThatThrownBy(client::readResponse).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void shouldCutTheConnectionWhenTheOriginResetsInsideAResponseDelimitedByItsEnd()
            throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send("HTTP/1.1 200 OK\r\n\r\nhalf");
                            connection.await(seen);
                            connection.reset();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            Response head = client.get("/").reader().readResponseHead();
            assertThat(head.status()).isEqualTo(200);
            seen.countDown();
            assertThatThrownBy(() ->
                            client.reader()
                                    .copyResponseBody(head, "GET", OutputStream.nullOutputStream()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldAnswer502WhenNothingListens() throws Exception {
        ScriptedOrigin origin = ScriptedOrigin.answering("x");
        origin.stopListening();
        try (TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            expectError(client, 502, "connect_failed");
            expectError(client, 502, "connect_failed");
        }
        origin.close();
    }

    @Test
    void shouldTryAnotherEndpointWhenOneDoesNotListen() throws Exception {
        ScriptedOrigin dead = ScriptedOrigin.answering("x");
        dead.stopListening();
        try (ScriptedOrigin alive = ScriptedOrigin.answering("alive");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        "{endpoints: [\"%s\", \"%s\"]}"
                                                .formatted(dead.address(), alive.address()))
                                .start();
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 4; i++) {
                assertThat(client.get("/").readResponse().text()).isEqualTo("alive");
            }
        }
        dead.close();
    }

    @Test
    void shouldAnswer504WhenConnectingTakesTooLong() throws Exception {
        try (FullBacklog full = FullBacklog.open();
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        "{endpoints: [\"%s\"], pool: {connectionTimeout: 300ms}}"
                                                .formatted(full.address()))
                                .start();
                RawClient client = gateway.connect()) {
            expectError(client, 504, "connect_timeout");
        }
    }

    @Test
    void shouldAnswer504WhenTheResponseTakesTooLong() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.awaitEnd();
                            freed.countDown();
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin, "timeouts: {response: 300ms}")
                                .start();
                RawClient client = gateway.connect()) {
            expectError(client, 504, "response_timeout");
            assertThat(freed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nBad Name: 1\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX : 1\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 abc\r\nContent-Length: 0\r\n\r\n",
                "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            })
    void shouldAnswer502ToAMalformedResponse(String answer) throws Exception {
        try (ScriptedOrigin origin = once(answer);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            Response response = expectError(client, 502, "bad_response");
            assertThat(response.text()).contains(origin.takeRequest().header("x-request-id"));
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void shouldAnswer502WhenTheOriginClosesInsideItsHead() throws Exception {
        try (ScriptedOrigin origin = once("HTTP/1.1 200 OK\r\nContent-Le");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            Response response = client.get("/").readResponse();
            assertThat(response.status()).isEqualTo(502);
        }
    }

    @Test
    void shouldAnswer502WhenTheOriginClosesWithoutAnAnswer() throws Exception {
        try (ScriptedOrigin origin = once("");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            expectError(client, 502, "upstream_closed");
            assertThat(origin.acceptedConnections()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void shouldServeOthersWhileOneOriginHangs() throws Exception {
        try (ScriptedOrigin hanging =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.awaitEnd();
                        });
                ScriptedOrigin good = ScriptedOrigin.answering("good");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("hanging", hanging)
                                .upstream("good", good)
                                .route("{name: h, path: /hang, upstream: hanging}")
                                .route("{name: g, path: /good, upstream: good}")
                                .start();
                RawClient stuck = gateway.connect();
                RawClient client = gateway.connect()) {
            stuck.get("/hang");
            hanging.takeRequest();
            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/good").readResponse().text()).isEqualTo("good");
            }
        }
    }

    private void expectCut(String answer) throws Exception {
        try (ScriptedOrigin origin = once(answer);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/");
            Response head = client.reader().readResponseHead();
            assertThat(head.status()).isEqualTo(200);
            assertThatThrownBy(() ->
                            client.reader()
                                    .copyResponseBody(head, "GET", OutputStream.nullOutputStream()))
                    .isInstanceOfAny(IncompleteMessageException.class, SocketException.class);
        }
    }

    private static Response expectError(RawClient client, int status, String name)
            throws IOException {
        Response response = client.get("/").readResponse();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.text()).contains(name);
        return response;
    }

    /** Every connection gets that answer to its first request and is closed. */
    private static ScriptedOrigin once(String answer) throws IOException {
        return ScriptedOrigin.start(connection -> {
            connection.readRequest();
            connection.send(answer);
        });
    }
}
