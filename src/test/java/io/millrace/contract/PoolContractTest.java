package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.DrivenOrigin;
import io.millrace.testing.Metrics;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says how connections to origins are pooled, shared and given up; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class PoolContractTest {
    private final Transport transport;

    PoolContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldRetryOnceOnADeadPooledConnection() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(
                                connection -> {
                                    connection.readRequest();
                                    connection.reply("first");
                                    connection.readRequest();
                                    connection.reset();
                                },
                                connection -> connection.replyForever("second"));
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/1").readResponse().text()).isEqualTo("first");
            assertThat(client.get("/2").readResponse().text()).isEqualTo("second");
            assertThat(origin.requests())
                    .extracting(Request::target)
                    .containsExactly("/1", "/2", "/2");
        }
    }

    @Test
    void shouldNotRetryAPostThatWasSent() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(
                                connection -> {
                                    connection.readRequest();
                                    connection.reply("first");
                                    connection.readRequest();
                                    connection.reset();
                                },
                                connection -> connection.replyForever("second"));
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/1").readResponse().text()).isEqualTo("first");
            client.send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).contains("upstream_closed");
            assertThat(origin.requests()).hasSize(2);
        }
    }

    @Test
    void shouldNotRetryAfterTheFirstByteOfAResponse() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(
                                connection -> {
                                    connection.readRequest();
                                    connection.reply("first");
                                    connection.readRequest();
                                    connection.send("HTTP/1.1 200 O");
                                },
                                connection -> connection.replyForever("second"));
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/1").readResponse().text()).isEqualTo("first");
            assertThat(client.get("/2").readResponse().status()).isEqualTo(502);
            assertThat(origin.requests()).hasSize(2);
        }
    }

    @Test
    void shouldNotUseAnIdleConnectionThatTheOriginHasClosed() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.reply("then closed");
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/" + i).readResponse().text()).isEqualTo("then closed");
            }
        }
    }

    @Test
    void shouldNotReuseAConnectionWithUnaskedBytes() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(
                                connection -> {
                                    connection.readRequest();
                                    connection.send(
                                            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                                    + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                                    connection.awaitEnd();
                                },
                                connection -> connection.replyForever("good"));
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/1").readResponse().text()).isEqualTo("ok");
            assertThat(client.get("/2").readResponse().text()).isEqualTo("good");
        }
    }

    @Test
    void shouldShareTheIdleConnectionsAmongClients() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport)) {
            for (int i = 0; i < 10; i++) {
                try (RawClient client = gateway.connect()) {
                    assertThat(client.get("/").readResponse().status()).isEqualTo(200);
                }
            }
            assertThat(origin.acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void shouldLetRequestsWaitForAConnection() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            while (true) {
                                Request request = connection.readRequest();
                                connection.await(go);
                                connection.reply(request.target());
                            }
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin, "pool: {maximumPoolSize: 1}")
                                .start();
                RawClient first = gateway.connect();
                RawClient second = gateway.connect()) {
            first.get("/1");
            origin.takeRequest();
            second.get("/2");
            assertThat(second.staysSilentFor(200)).isTrue();
            go.countDown();
            assertThat(first.readResponse().text()).isEqualTo("/1");
            assertThat(second.readResponse().text()).isEqualTo("/2");
            assertThat(origin.acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void shouldAnswer503WhenWaitingTakesTooLong() throws Exception {
        try (ScriptedOrigin origin = silent();
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        origin,
                                        "pool: {maximumPoolSize: 1, connectionTimeout: 300ms}")
                                .start();
                RawClient first = gateway.connect();
                RawClient second = gateway.connect()) {
            first.get("/1");
            origin.takeRequest();
            Response response = second.get("/2").readResponse();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.text()).contains("pool_timeout");
        }
    }

    @Test
    void shouldAnswer503AtOnceWhenTooManyWait() throws Exception {
        try (ScriptedOrigin origin = silent();
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        origin,
                                        "pool: {maximumPoolSize: 1, maximumPending: 1}")
                                .start();
                RawClient first = gateway.connect();
                RawClient second = gateway.connect();
                RawClient third = gateway.connect()) {
            first.get("/1");
            origin.takeRequest();
            second.get("/2");
            assertThat(second.staysSilentFor(200)).isTrue();
            Response response = third.get("/3").readResponse();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.text()).contains("pool_full");
        }
    }

    @Test
    void shouldOpenConnectionsWhenNobodyMayWait() throws Exception {
        try (ScriptedOrigin origin = silent();
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        origin,
                                        "pool: {maximumPoolSize: 2, maximumPending: 0}")
                                .start();
                RawClient first = gateway.connect();
                RawClient second = gateway.connect();
                RawClient third = gateway.connect()) {
            first.get("/1");
            second.get("/2");
            origin.takeRequest();
            origin.takeRequest();
            Response response = third.get("/3").readResponse();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.text()).contains("pool_full");
        }
    }

    @Test
    void shouldForgetAWaitingClientThatHasLeft() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            while (true) {
                                Request request = connection.readRequest();
                                connection.await(go);
                                connection.reply(request.target());
                            }
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin, "pool: {maximumPoolSize: 1}")
                                .start();
                RawClient first = gateway.connect();
                RawClient leaving = gateway.connect();
                RawClient last = gateway.connect()) {
            first.get("/1");
            origin.takeRequest();
            leaving.get("/2");
            assertThat(leaving.staysSilentFor(100)).isTrue();
            leaving.reset();
            last.get("/3");
            go.countDown();
            assertThat(first.readResponse().text()).isEqualTo("/1");
            assertThat(last.readResponse().text()).isEqualTo("/3");
        }
    }

    @Test
    void shouldCloseConnectionsThatIdleForTooLong() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin, "pool: {idleTimeout: 1s}")
                                .start();
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().status()).isEqualTo(200);
            assertThat(origin.openConnections()).isEqualTo(1);
            eventually("the idle connection is closed", () -> origin.openConnections() == 0);
            assertThat(client.get("/").readResponse().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"roundRobin", "leastRequest", "random"})
    void shouldSpreadRequestsOverTheEndpoints(String balance) throws Exception {
        try (ScriptedOrigin one = ScriptedOrigin.answering("one");
                ScriptedOrigin two = ScriptedOrigin.answering("two");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        "{balance: %s, endpoints: [\"%s\", \"%s\"]}"
                                                .formatted(balance, one.address(), two.address()))
                                .start();
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.get("/").readResponse().status()).isEqualTo(200);
            }
            assertThat(one.requests()).hasSizeGreaterThan(10);
            assertThat(two.requests()).hasSizeGreaterThan(10);
        }
    }

    @Test
    void shouldWeighRoundRobinExactly() throws Exception {
        try (ScriptedOrigin one = ScriptedOrigin.answering("one");
                ScriptedOrigin three = ScriptedOrigin.answering("three");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        "{endpoints: [\"%s\", {address: \"%s\", weight: 3}]}"
                                                .formatted(one.address(), three.address()))
                                .start();
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 40; i++) {
                assertThat(client.get("/").readResponse().status()).isEqualTo(200);
            }
            assertThat(one.requests()).hasSize(10);
            assertThat(three.requests()).hasSize(30);
        }
    }

    private static ScriptedOrigin silent() throws IOException {
        return ScriptedOrigin.start(connection -> {
            connection.readRequest();
            connection.awaitEnd();
        });
    }

    @Test
    void shouldSpreadRequestsThatWaitedForTheirTurnOverTheEndpoints() throws Exception {
        try (DrivenOrigin shared = DrivenOrigin.start();
                ScriptedOrigin one = ScriptedOrigin.answering("one");
                ScriptedOrigin two = ScriptedOrigin.answering("two");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .shards(1)
                                .upstream("shared", shared.origin(), "pipelining: {}")
                                .upstream(
                                        "pair",
                                        "{endpoints: [\""
                                                + one.address()
                                                + "\", \""
                                                + two.address()
                                                + "\"]}")
                                .route("{name: shared, path: /shared, upstream: shared}")
                                .route("{name: pair, path: /pair, upstream: pair}")
                                .start();
                RawClient client = gateway.connect()) {
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                // The second is read ahead, but takes no connection before it is its turn.
                client.send("GET /shared HTTP/1.1\r\nHost: a\r\n\r\n");
                client.get("/pair");
                shared.next().echo();
                assertThat(client.readResponse().text()).isEqualTo("/shared");
                answers.add(client.readResponse().text());
            }
            assertThat(answers).containsExactlyInAnyOrder("one", "one", "two", "two");
        }
    }

    @Test
    void shouldCountAnIdleConnectionThatIsShared() throws Exception {
        try (DrivenOrigin origin = DrivenOrigin.start();
                TestGateway gateway =
                        TestGateway.on(transport)
                                .shards(1)
                                .upstream(
                                        "app",
                                        origin.origin(),
                                        "pipelining: {}, pool: {idleTimeout: 1s}")
                                .route("{name: all, path: /*, upstream: app}")
                                .start();
                RawClient client = gateway.connect()) {
            client.get("/1");
            DrivenOrigin.Asked asked = origin.next();
            assertThat(idleAndActive(gateway)).isEqualTo("0 1");
            asked.echo();
            client.readResponse();
            assertThat(idleAndActive(gateway)).isEqualTo("1 0");
            eventually("it is closed", () -> idleAndActive(gateway).equals("0 0"));
        }
    }

    private static String idleAndActive(TestGateway gateway) throws IOException {
        Metrics metrics = gateway.metrics();
        return (int) metrics.sum("millrace_upstream_connections_idle")
                + " "
                + (int) metrics.sum("millrace_upstream_connections_active");
    }
}
