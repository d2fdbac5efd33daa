package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static io.millrace.testing.Eventually.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says how bytes pass through a tcp listener and how both ends end; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class TunnelContractTest {
    private static final long LARGE = 64L * 1024 * 1024;
    private static final long MEMORY_BOUND = 16L * 1024 * 1024;
    private static final long IN_FLIGHT_BOUND = 40L * 1024 * 1024;

    private final Transport transport;

    @TempDir Path directory;

    TunnelContractTest(Transport transport) {
        this.transport = transport;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1024 * 1024, LARGE})
    void shouldPassBytesBothWaysUnchanged(long length) throws Exception {
        Body body = Body.random(11, length);
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.echo());
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            Body.Sending sending = body.streamInBackground(client);
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            sending.join();
            assertThat(digest.hex()).isEqualTo(body.hex());
            eventually("the tunnel is counted", () -> outcome(gateway, "ok") == 1);
            assertThat(tunnelMetric(gateway, "connections_total")).isEqualTo(1);
            assertThat(tunnelMetric(gateway, "connections_active")).isZero();
            assertThat(tunnelMetric(gateway, "received_bytes_total")).isEqualTo((double) length);
            assertThat(tunnelMetric(gateway, "sent_bytes_total")).isEqualTo((double) length);
        }
    }

    @Test
    void shouldLetTheOriginSpeakFirst() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.send("220 ready");
                            connection.echo();
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            assertThat(read(client, 9)).isEqualTo("220 ready");
            assertThat(read(client.send("a"), 1)).isEqualTo("a");
        }
    }

    @Test
    void shouldAnswerAClientThatHasFinishedSending() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            byte[] question = connection.reader().readToEnd();
                            connection.send("answer to " + text(question));
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            client.send("question").finishSending();
            assertThat(text(client.reader().readToEnd())).isEqualTo("answer to question");
        }
    }

    @Test
    void shouldPassALargeAnswerToASlowClientThatHasFinishedSending() throws Exception {
        Body body = Body.random(15, LARGE);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.reader().readToEnd();
                            body.sendTo(connection);
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = RawClient.connect(gateway.address("db"), 64 * 1024)) {
            client.send("question").finishSending();
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
        }
    }

    @Test
    void shouldListenToAClientWhoseOriginHasFinishedSending() throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.send("all I have to say");
                            connection.finishSending();
                            received.complete(text(connection.reader().readToEnd()));
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            assertThat(text(client.reader().readToEnd())).isEqualTo("all I have to say");
            client.send("and still").finishSending();
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo("and still");
        }
    }

    @Test
    void shouldDeliverTheAnswerOfAnOriginThatClosesWithoutReading() throws Exception {
        Body body = Body.random(12, 1024 * 1024);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            body.sendTo(connection);
                            connection.finishSending();
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            eventually("the client is told that nobody reads", client::isRefused);
        }
    }

    @Test
    void shouldStopReadingTheOriginWhenTheClientDoesNotRead() throws Exception {
        Body body = Body.random(13, 3 * LARGE);
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> body.sendTo(connection));
                TestGateway gateway = inFrontOf(origin);
                RawClient client = RawClient.connect(gateway.address("db"), 64 * 1024)) {
            long before = PlatformDependent.usedDirectMemory();
            eventually("bytes flow", () -> origin.sentBytes() > 64 * 1024);
            long sent = settled(origin::sentBytes, Duration.ofMillis(500), Duration.ofSeconds(20));
            assertThat(sent).isLessThan(IN_FLIGHT_BOUND);
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(MEMORY_BOUND);
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
        }
    }

    @Test
    void shouldStopReadingTheClientWhenTheOriginDoesNotRead() throws Exception {
        Body body = Body.random(14, 3 * LARGE);
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.await(go);
                            Body.Digest digest = new Body.Digest();
                            connection.reader().copyToEnd(digest);
                            connection.send(digest.hex());
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            long before = PlatformDependent.usedDirectMemory();
            Body.Sending sending = body.streamInBackground(client);
            eventually("bytes flow", () -> sending.sentBytes() > 64 * 1024);
            long sent = settled(sending::sentBytes, Duration.ofMillis(500), Duration.ofSeconds(20));
            assertThat(sent).isLessThan(IN_FLIGHT_BOUND);
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(MEMORY_BOUND);
            go.countDown();
            assertThat(text(client.reader().readToEnd())).isEqualTo(body.hex());
        }
    }

    @Test
    void shouldResetTheClientWhenTheOriginResets() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.send("half of");
                            connection.reader().readByte();
                            connection.reset();
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            assertThat(read(client, 7)).isEqualTo("half of");
            client.send("x").expectReset();
            eventually("it is counted", () -> outcome(gateway, "upstream_abort") == 1);
        }
    }

    @Test
    void shouldResetTheOriginWhenTheClientResets() throws Exception {
        CompletableFuture<Boolean> reset = new CompletableFuture<>();
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.send("hello");
                            try {
                                connection.reader().readToEnd();
                                reset.complete(false);
                            } catch (IOException e) {
                                reset.complete(true);
                            }
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            assertThat(read(client, 5)).isEqualTo("hello");
            client.reset();
            assertThat(reset.get(10, TimeUnit.SECONDS)).as("the origin saw a reset").isTrue();
            eventually("it is counted", () -> outcome(gateway, "client_abort") == 1);
        }
    }

    /** A failure of what is still to be sent is told while the tunnel is being ended. */
    @Test
    void shouldEndOnceWhenTheOriginTakesNothing() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.send("hello");
                            connection.await(go);
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .server("splice: {threshold: 1TiB}")
                                .upstream("app", origin)
                                .listener("db", tcp("timeouts: {tunnel: 500ms}"))
                                .start();
                RawClient client = connect(gateway)) {
            assertThat(read(client, 5)).isEqualTo("hello");
            Body.Sending sending = Body.random(17, LARGE).streamInBackground(client);
            settled(sending::sentBytes, Duration.ofMillis(100), Duration.ofSeconds(20));
            eventually("the tunnel is over", () -> outcome(gateway, "tunnel_idle") == 1);
            assertThat(gateway.metrics().sum("millrace_connections_closed_total")).isEqualTo(1);
            assertThat(gateway.metrics().sum("millrace_connections_active")).isZero();
            go.countDown();
        }
    }

    @Test
    void shouldResetAClientWhoseStreamIsSilentForTooLong() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.echo());
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .listener("db", tcp("timeouts: {tunnel: 300ms}"))
                                .start();
                RawClient client = connect(gateway)) {
            assertThat(read(client.send("a"), 1)).isEqualTo("a");
            client.expectReset();
            eventually("the origin is let go", () -> origin.openConnections() == 0);
            assertThat(outcome(gateway, "tunnel_idle")).isEqualTo(1);
        }
    }

    @Test
    void shouldCutTunnelsWhenTheDrainTimeIsOver() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.echo());
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            assertThat(read(client.send("a"), 1)).isEqualTo("a");
            gateway.gateway().close();
            client.expectReset();
        }
    }

    @Test
    void shouldWriteOneLogLinePerTunnel() throws Exception {
        Path log = directory.resolve("access.log");
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.echo())) {
            TestGateway gateway =
                    TestGateway.on(transport)
                            .server("drainTimeout: 100ms\n  accessLog: " + log)
                            .upstream("app", origin)
                            .listener("db", tcp(""))
                            .start();
            try (gateway;
                    RawClient client = connect(gateway)) {
                client.send("abc").finishSending();
                assertThat(text(client.reader().readToEnd())).isEqualTo("abc");
                eventually("it is counted", () -> outcome(gateway, "ok") == 1);
            }
            assertThat(log)
                    .content()
                    .matches(
                            ("\\{\"time\":\"[^\"]+\",\"listener\":\"db\",\"client\":\"127.0.0.1\","
                                            + "\"upstream\":\"%s\",\"outcome\":\"ok\",\"ending\":\"--\","
                                            + "\"duration_us\":[0-9]+,\"bytes_received\":3,"
                                            + "\"bytes_sent\":3}\n")
                                    .formatted(origin.address()));
        }
    }

    private TestGateway inFrontOf(ScriptedOrigin origin) throws IOException {
        return TestGateway.on(transport).upstream("app", origin).listener("db", tcp("")).start();
    }

    private static String tcp(String keys) {
        return "{bind: 127.0.0.1:0, protocol: tcp, upstream: app, " + keys + "}";
    }

    private static RawClient connect(TestGateway gateway) throws IOException {
        return RawClient.connect(gateway.address("db"));
    }

    private static String read(RawClient client, int length) throws IOException {
        return text(client.reader().readExactly(length));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static double outcome(TestGateway gateway, String outcome) throws IOException {
        return gateway.metrics().sum("millrace_outcomes_total", "outcome=\"" + outcome + "\"");
    }

    private static double tunnelMetric(TestGateway gateway, String name) throws IOException {
        return gateway.metrics()
                .sum("millrace_tunnel_" + name, "listener=\"db\"", "upstream=\"app\"");
    }
}
