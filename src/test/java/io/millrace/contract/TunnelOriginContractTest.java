package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Says which origin a tcp listener connects, what happens when it cannot, and what a reload
 * changes; owned by the test's thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class TunnelOriginContractTest {
    private static final String DB = "{bind: 127.0.0.1:0, protocol: tcp, upstream: app}";

    private final Transport transport;

    @TempDir Path directory;

    TunnelOriginContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldResetTheClientWhenTheOriginRefuses() throws Exception {
        try (TestGateway gateway = withUpstream("{endpoints: [\"" + refusing() + "\"]}")) {
            expectReset(gateway);
            eventually("it is counted", () -> outcome(gateway, "connect_failed") == 1);
            assertThat(upstreamMetric(gateway, "connect_failures_total")).isEqualTo(1);
        }
    }

    @Test
    void shouldResetTheClientWhenConnectingTakesTooLong() throws Exception {
        try (FullBacklog full = FullBacklog.open();
                TestGateway gateway =
                        withUpstream(
                                "{endpoints: [\"%s\"], pool: {connectionTimeout: 200ms}}"
                                        .formatted(full.address()));
                RawClient client = connect(gateway)) {
            client.expectReset();
            eventually("it is counted", () -> outcome(gateway, "connect_timeout") == 1);
        }
    }

    @Test
    void shouldForgetAClientThatLeavesWhileItsOriginIsAwaited() throws Exception {
        try (FullBacklog full = FullBacklog.open();
                TestGateway gateway =
                        withUpstream(
                                "{endpoints: [\"%s\"], pool: {connectionTimeout: 5m}}"
                                        .formatted(full.address()));
                RawClient client = connect(gateway)) {
            client.send("x");
            eventually("it connects", () -> upstreamMetric(gateway, "connects_total") == 1);
            client.reset();
            eventually("it is counted", () -> outcome(gateway, "client_abort") == 1);
        }
    }

    @Test
    void shouldTryAnotherEndpointOnce() throws Exception {
        try (ScriptedOrigin origin = named("alive");
                TestGateway gateway =
                        withUpstream(
                                "{endpoints: [\"%s\", \"%s\"]}"
                                        .formatted(refusing(), origin.address()))) {
            for (int i = 0; i < 6; i++) {
                assertThat(greeting(gateway)).isEqualTo("alive");
            }
            assertThat(upstreamMetric(gateway, "retries_total"))
                    .isPositive()
                    .isEqualTo(upstreamMetric(gateway, "connect_failures_total"));
        }
    }

    @Test
    void shouldPassOnWhoTheClientIs() throws Exception {
        String header = "PROXY TCP4 192.0.2.1 198.51.100.2 1234 5432\r\n";
        CompletableFuture<String> received = new CompletableFuture<>();
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            int expected = header.length() + "hello".length();
                            byte[] bytes = connection.reader().readExactly(expected);
                            received.complete(new String(bytes, StandardCharsets.US_ASCII));
                            connection.awaitEnd();
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener(
                                        "db",
                                        "{bind: 127.0.0.1:0, protocol: tcp, upstream: app,"
                                                + " proxyProtocol: v1,"
                                                + " proxyProtocolTrusted: [127.0.0.0/8]}")
                                .upstream("app", origin, "sendProxyProtocol: v1")
                                .start();
                RawClient client = RawClient.connect(gateway.address("db"))) {
            client.send(header + "hello");
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(header + "hello");
        }
    }

    @Test
    void shouldNotTryAThirdEndpoint() throws Exception {
        try (TestGateway gateway =
                withUpstream(
                        "{endpoints: [\"%s\", \"%s\", \"%s\"]}"
                                .formatted(refusing(), refusing(), refusing()))) {
            expectReset(gateway);
            eventually("it is counted", () -> outcome(gateway, "connect_failed") == 1);
            assertThat(upstreamMetric(gateway, "connect_failures_total")).isEqualTo(2);
        }
    }

    @Test
    void shouldWeighTheEndpoints() throws Exception {
        try (ScriptedOrigin one = named("one");
                ScriptedOrigin three = named("three");
                TestGateway gateway =
                        withUpstream(
                                "{endpoints: [\"%s\", {address: \"%s\", weight: 3}]}"
                                        .formatted(one.address(), three.address()))) {
            for (int i = 0; i < 8; i++) {
                greeting(gateway);
            }
            assertThat(one.acceptedConnections()).isEqualTo(2);
            assertThat(three.acceptedConnections()).isEqualTo(6);
        }
    }

    @Test
    void shouldReachAnOriginOnAUnixSocket() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.startOnUnix(
                                directory.resolve("app.sock"), connection -> connection.echo());
                TestGateway gateway = withUpstream("{endpoints: [\"" + origin.address() + "\"]}");
                RawClient client = connect(gateway)) {
            client.send("abc").finishSending();
            assertThat(text(client.reader().readToEnd())).isEqualTo("abc");
            eventually("it is counted", () -> outcome(gateway, "ok") == 1);
        }
    }

    @Test
    void shouldCloseClientsBeyondTheMostConnections() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.echo());
                TestGateway gateway =
                        withUpstream(
                                "{endpoints: [\"%s\"], maximumConnections: 1}"
                                        .formatted(origin.address()))) {
            try (RawClient first = connect(gateway)) {
                assertThat(text(first.send("a").reader().readExactly(1))).isEqualTo("a");
                expectReset(gateway);
                eventually("it is counted", () -> outcome(gateway, "too_many_connections") == 1);
                assertThat(gateway.metrics().sum("millrace_connections_refused_total"))
                        .isEqualTo(1);
                first.finishSending();
                first.expectClose();
            }
            eventually("the first has left", () -> outcome(gateway, "ok") == 1);
            try (RawClient third = connect(gateway)) {
                assertThat(text(third.send("c").reader().readExactly(1))).isEqualTo("c");
            }
        }
    }

    @Test
    void shouldKeepTheUpstreamOfATunnelAcrossAReload() throws Exception {
        try (ScriptedOrigin old = echoingAs("old");
                ScriptedOrigin fresh = echoingAs("new");
                TestGateway gateway =
                        TestGateway.on(transport).upstream("app", old).listener("db", DB).start();
                RawClient before = connect(gateway)) {
            assertThat(text(before.reader().readExactly(3))).isEqualTo("old");
            TestGateway.Setup changed =
                    TestGateway.on(transport).upstream("app", fresh).listener("db", DB);
            assertThat(gateway.reload(changed)).isTrue();
            assertThat(greeting(gateway)).isEqualTo("new");
            assertThat(text(before.send("x").reader().readExactly(1))).isEqualTo("x");
        }
    }

    @Test
    void shouldKeepATunnelWhoseListenerIsRemoved() throws Exception {
        try (ScriptedOrigin origin = echoingAs("hi");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .listener("db", DB)
                                .start();
                RawClient client = connect(gateway)) {
            assertThat(text(client.reader().readExactly(2))).isEqualTo("hi");
            assertThat(gateway.reload(TestGateway.on(transport).upstream("app", origin))).isTrue();
            assertThat(text(client.send("x").reader().readExactly(1))).isEqualTo("x");
            client.finishSending();
            client.expectClose();
        }
    }

    @Test
    void shouldServeAnotherProtocolOnTheSameSocketAfterAReload() throws Exception {
        try (ScriptedOrigin web = ScriptedOrigin.answering("web");
                ScriptedOrigin raw = echoingAs("raw");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", web)
                                .listener("db", "{bind: 127.0.0.1:0}")
                                .start();
                RawClient http = connect(gateway)) {
            var address = gateway.address("db");
            assertThat(http.get("/").readResponse().text()).isEqualTo("web");
            TestGateway.Setup tcp =
                    TestGateway.on(transport)
                            .upstream("app", web)
                            .upstream("raw", raw)
                            .listener("db", DB.replace("app", "raw"));
            assertThat(gateway.reload(tcp)).isTrue();
            assertThat(gateway.address("db")).isEqualTo(address);
            http.expectClose();
            TestGateway.Setup back =
                    TestGateway.on(transport)
                            .upstream("app", web)
                            .listener("renamed", "{bind: 127.0.0.1:0}");
            RawClient tunnel = connect(gateway);
            assertThat(text(tunnel.reader().readExactly(3))).isEqualTo("raw");
            assertThat(gateway.reload(back)).isTrue();
            assertThat(gateway.address("renamed")).isEqualTo(address);
            RawClient again = RawClient.connect(address);
            assertThat(again.get("/").readResponse().text()).isEqualTo("web");
            assertThat(text(tunnel.send("x").reader().readExactly(1))).isEqualTo("x");
            again.close();
            tunnel.close();
        }
    }

    private static ScriptedOrigin named(String greeting) throws IOException {
        return ScriptedOrigin.start(connection -> {
            connection.send(greeting);
            connection.finishSending();
            connection.awaitEnd();
        });
    }

    private static ScriptedOrigin echoingAs(String greeting) throws IOException {
        return ScriptedOrigin.start(connection -> {
            connection.send(greeting);
            connection.echo();
        });
    }

    /** The address of a port on which nobody listens. */
    private static String refusing() throws IOException {
        try (ScriptedOrigin gone = ScriptedOrigin.answering("never")) {
            return gone.address();
        }
    }

    private TestGateway withUpstream(String definition) throws IOException {
        return TestGateway.on(transport).upstream("app", definition).listener("db", DB).start();
    }

    private static RawClient connect(TestGateway gateway) throws IOException {
        return RawClient.connect(gateway.address("db"));
    }

    /**
     * Connects and waits for a reset, which may come before the client knows that it is connected.
     */
    private static void expectReset(TestGateway gateway) throws IOException {
        RawClient client;
        try {
            client = connect(gateway);
        } catch (SocketException reset) {
            return;
        }
        client.expectReset();
        client.close();
    }

    /** What the origin says to a client that says nothing. */
    private static String greeting(TestGateway gateway) throws IOException {
        try (RawClient client = connect(gateway)) {
            client.finishSending();
            return text(client.reader().readToEnd());
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static double outcome(TestGateway gateway, String outcome) throws IOException {
        return gateway.metrics().sum("millrace_outcomes_total", "outcome=\"" + outcome + "\"");
    }

    private static double upstreamMetric(TestGateway gateway, String name) throws IOException {
        return gateway.metrics().sum("millrace_upstream_" + name, "upstream=\"app\"");
    }
}
