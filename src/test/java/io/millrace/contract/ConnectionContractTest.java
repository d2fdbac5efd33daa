package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Metrics;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says how client connections live and end; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class ConnectionContractTest {
    private final Transport transport;

    ConnectionContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldServeManyRequestsOnOneConnectionAndOneOriginConnection() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("hello");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 20; i++) {
                Response response = client.get("/" + i).readResponse();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("hello");
            }
            assertThat(origin.acceptedConnections()).isEqualTo(1);
            assertThat(origin.requests().getLast().target()).isEqualTo("/19");
        }
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() throws Exception {
        try (ScriptedOrigin origin = echoingTargets();
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            StringBuilder batch = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                batch.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(batch.toString());
            for (int i = 0; i < 100; i++) {
                assertThat(client.readResponse().text()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void shouldKeepPipelinedAnswersInOrderWhenALaterOriginIsFaster() throws Exception {
        CountDownLatch fastAsked = new CountDownLatch(1);
        try (ScriptedOrigin slow =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.await(fastAsked);
                            connection.reply("slow");
                            connection.awaitEnd();
                        });
                ScriptedOrigin fast = ScriptedOrigin.answering("fast");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("slow", slow)
                                .upstream("fast", fast)
                                .route("{name: slow, path: /slow, upstream: slow}")
                                .route("{name: fast, path: /fast, upstream: fast}")
                                .start();
                RawClient client = gateway.connect();
                RawClient other = gateway.connect()) {
            client.get("/slow").get("/fast");
            slow.takeRequest();
            assertThat(other.get("/fast").readResponse().text()).isEqualTo("fast");
            fastAsked.countDown();
            assertThat(client.readResponse().text()).isEqualTo("slow");
            assertThat(client.readResponse().text()).isEqualTo("fast");
        }
    }

    @Test
    void shouldServePipelinedRequestsWithBodies() throws Exception {
        try (ScriptedOrigin origin = echoingBodies();
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(
                    "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
                            + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "3\r\ntwo\r\n0\r\n\r\n"
                            + "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().text()).isEqualTo("one");
            assertThat(client.readResponse().text()).isEqualTo("two");
            assertThat(client.readResponse().text()).isEmpty();
        }
    }

    @Test
    void shouldCloseWhenTheClientAsksForIt() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            Response response = client.readResponse();
            assertThat(response.announcesClose()).isTrue();
            client.expectClose();
        }
    }

    @Test
    void shouldIgnoreWhatFollowsARequestThatAskedForTheClose() throws Exception {
        try (ScriptedOrigin origin = echoingTargets();
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").get("/2");
            assertThat(client.readResponse().text()).isEqualTo("/1");
            client.expectEnd();
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void shouldKeepTheClientWhenTheOriginCloses() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                                            + "Connection: close\r\n\r\nok");
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 5; i++) {
                Response response = client.get("/").readResponse();
                assertThat(response.text()).isEqualTo("ok");
                assertThat(response.announcesClose()).isFalse();
            }
            assertThat(origin.acceptedConnections()).isEqualTo(5);
        }
    }

    @Test
    void shouldCloseAfterAnHttp10Request() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("old");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.readResponse().text()).isEqualTo("old");
            client.expectClose();
        }
    }

    @Test
    void shouldKeepAnHttp10ConnectionThatAsksForIt() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("old");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
                Response response = client.readResponse();
                assertThat(response.text()).isEqualTo("old");
                assertThat(response.fields().members("connection")).contains("keep-alive");
            }
        }
    }

    @Test
    void shouldCloseIdleConnectionsSilently() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("timeouts: {idle: 300ms}")
                                .upstream("app", origin)
                                .start();
                RawClient used = gateway.connect()) {
            used.get("/").readResponse();
            used.expectClose();
        }
    }

    @Test
    void shouldAnswerAClientThatHasFinishedSending() throws Exception {
        CountDownLatch finished = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.await(finished);
                            connection.reply("still here");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/");
            client.finishSending();
            origin.takeRequest();
            finished.countDown();
            assertThat(client.readResponse().text()).isEqualTo("still here");
            client.expectClose();
        }
    }

    @Test
    void shouldAnswerEveryPipelinedRequestOfAClientThatHasFinishedSending() throws Exception {
        try (ScriptedOrigin origin = echoingTargets();
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/1").get("/2").get("/3");
            client.finishSending();
            assertThat(client.readResponse().text()).isEqualTo("/1");
            assertThat(client.readResponse().text()).isEqualTo("/2");
            assertThat(client.readResponse().text()).isEqualTo("/3");
            client.expectClose();
        }
    }

    @Test
    void shouldFreeTheUpstreamOfAClientThatResets() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.awaitEnd();
                            freed.countDown();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport)) {
            RawClient client = gateway.connect();
            client.get("/");
            origin.takeRequest();
            client.reset();
            assertThat(freed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldFreeTheUpstreamOfAClientThatLeavesInsideItsBody() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readHead();
                            connection.awaitEnd();
                            freed.countDown();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport)) {
            RawClient client = gateway.connect();
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
            origin.takeRequest();
            client.close();
            assertThat(freed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldNoticeAClientThatResetsBehindItsLastBytes() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readHead();
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport)) {
            for (int i = 0; i < 40; i++) {
                RawClient client = gateway.connect();
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
                client.reset();
            }
            eventually(
                    "every request that lost its client is over",
                    () -> {
                        Metrics metrics = gateway.metrics();
                        return metrics.sum("millrace_connections_closed_total") == 40
                                && metrics.sum("millrace_requests_active") == 0;
                    });
        }
    }

    @Test
    void shouldNoticeAnOriginThatResetsBehindItsLastBytes() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
                            connection.reset();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport)) {
            for (int i = 0; i < 40; i++) {
                RawClient client = gateway.connect();
                client.get("/");
                client.drain();
                client.close();
            }
        }
    }

    private static ScriptedOrigin echoingTargets() throws IOException {
        return ScriptedOrigin.start(connection -> {
            while (true) {
                connection.reply(connection.readRequest().target());
            }
        });
    }

    private static ScriptedOrigin echoingBodies() throws IOException {
        return ScriptedOrigin.start(connection -> {
            while (true) {
                connection.reply(connection.readRequest().text());
            }
        });
    }
}
