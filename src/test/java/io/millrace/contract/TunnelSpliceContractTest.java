package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static io.millrace.testing.Eventually.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.Metrics;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Says that a tunnel ends as its ends do while its bytes pass inside the kernel, too; owned by the
 * test's thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class TunnelSpliceContractTest {
    /** Enough each way to be spliced. */
    private static final int OPENING = 1 << 20;

    private static final long HUGE = 256L << 20;
    private static final long MEMORY_BOUND = 16L << 20;

    /** Buffers of the kernel: one of up to tcp_rmem's 32 MiB, two of up to tcp_wmem's 4 MiB. */
    private static final long IN_FLIGHT_BOUND = 64L << 20;

    private final Transport transport;

    @TempDir Path directory;

    TunnelSpliceContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldPassHugeStreamsBothWaysAtTheSameTime() throws Exception {
        Body up = Body.random(21, HUGE);
        Body down = Body.random(22, HUGE);
        CompletableFuture<String> received = new CompletableFuture<>();
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            Thread answering = answering(connection, down);
                            Body.Digest digest = new Body.Digest();
                            connection.reader().copyToEnd(digest);
                            received.complete(digest.hex());
                            answering.join();
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            up.streamInBackground(client);
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(down.hex());
            assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(up.hex());
            eventually("it is counted", () -> outcome(gateway, "ok") == 1);
            Metrics metrics = gateway.metrics();
            double spliced = metrics.sum("millrace_splice_bytes_total");
            double copied = metrics.sum("millrace_copied_body_bytes_total");
            assertThat(spliced).isGreaterThan(1.9 * HUGE);
            assertThat(spliced + copied).isEqualTo(2.0 * HUGE);
            assertThat(metrics.sum("millrace_tunnel_received_bytes_total")).isEqualTo(HUGE);
            assertThat(metrics.sum("millrace_tunnel_sent_bytes_total")).isEqualTo(HUGE);
            assertThat(metrics.sum("millrace_splice_fallback_total")).isZero();
            assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
        }
    }

    private static Thread answering(OriginConnection connection, Body body) {
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        body.sendTo(connection);
                        connection.finishSending();
                    } catch (IOException closed) {
                        // The test sees it by what the client reads.
                    }
                });
    }

    @Test
    void shouldCopyWhatMovesLittle() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.echo());
                TestGateway gateway = inFrontOf(origin);
                RawClient client = connect(gateway)) {
            for (int i = 0; i < 60; i++) {
                client.send(new byte[1024]).reader().readExactly(1024);
            }
            assertThat(gateway.metrics().sum("millrace_splice_bytes_total")).isZero();
        }
    }

    @Test
    void shouldHoldNoPipeWhileNothingMoves() throws Exception {
        try (ScriptedOrigin origin = opened(connection -> connection.echo());
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            eventually(
                    "no pipe is held",
                    () -> gateway.metrics().sum("millrace_pipe_pool_in_use") == 0);
            assertThat(read(client.send("a"), 1)).isEqualTo("a");
        }
    }

    @Test
    void shouldAnswerAClientThatHasFinishedSending() throws Exception {
        Body answer = Body.random(23, 8 << 20);
        try (ScriptedOrigin origin =
                        opened(connection -> {
                            connection.send("after " + text(connection.reader().readToEnd()));
                            answer.sendTo(connection);
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            client.send("question").finishSending();
            assertThat(read(client, 14)).isEqualTo("after question");
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(answer.hex());
            eventually("it is counted", () -> outcome(gateway, "ok") == 1);
        }
    }

    @Test
    void shouldListenToAClientWhoseOriginHasFinishedSending() throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (ScriptedOrigin origin =
                        opened(connection -> {
                            connection.send("that is all");
                            connection.finishSending();
                            received.complete(text(connection.reader().readToEnd()));
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            assertThat(text(client.reader().readToEnd())).isEqualTo("that is all");
            client.send("and still").finishSending();
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo("and still");
            eventually("it is counted", () -> outcome(gateway, "ok") == 1);
        }
    }

    @Test
    void shouldListenToAClientWhoseOriginOnAUnixSocketHasFinishedSending() throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (ScriptedOrigin origin =
                        ScriptedOrigin.startOnUnix(
                                directory.resolve("app.sock"),
                                connection -> {
                                    open(connection);
                                    connection.finishSending();
                                    received.complete(text(connection.reader().readToEnd()));
                                });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            client.expectClose();
            client.send("and still").finishSending();
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo("and still");
        }
    }

    @Test
    void shouldDeliverWhatAnOriginOnAUnixSocketSaidBeforeItClosed() throws Exception {
        Body[] bodies = new Body[200];
        for (int i = 0; i < bodies.length; i++) {
            bodies[i] = Body.random(i, 60_000 + 10_000 * (i % 40));
        }
        try (ScriptedOrigin origin =
                        ScriptedOrigin.startOnUnix(
                                directory.resolve("app.sock"),
                                connection -> bodies[connection.number()].sendTo(connection));
                TestGateway gateway = inFrontOf(origin)) {
            for (Body body : bodies) {
                try (RawClient client = connect(gateway)) {
                    Body.Digest digest = new Body.Digest();
                    client.reader().copyToEnd(digest);
                    assertThat(digest.hex()).isEqualTo(body.hex());
                }
            }
            eventually("all are counted", () -> outcome(gateway, "ok") == bodies.length);
        }
    }

    @Test
    void shouldDeliverTheLastWordsOfAnOriginThatTakesNoMore() throws Exception {
        Body body = Body.random(27, 16 << 20);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.startOnUnix(
                                directory.resolve("app.sock"),
                                connection -> {
                                    open(connection);
                                    body.sendTo(connection);
                                });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway, 64 * 1024)) {
            Body.Digest digest = new Body.Digest();
            while (origin.openConnections() > 0) {
                byte[] part = client.reader().readExactly(16 * 1024);
                digest.write(part, 0, part.length);
            }
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            eventually("it is counted", () -> outcome(gateway, "ok") == 1);
        }
    }

    @Test
    void shouldResetTheClientWhenTheOriginResets() throws Exception {
        try (ScriptedOrigin origin =
                        opened(connection -> {
                            connection.reader().readByte();
                            connection.reset();
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            client.send("x").expectReset();
            eventually("it is counted", () -> outcome(gateway, "upstream_abort") == 1);
        }
    }

    @Test
    void shouldResetTheOriginWhenTheClientResets() throws Exception {
        CompletableFuture<Boolean> reset = new CompletableFuture<>();
        try (ScriptedOrigin origin = opened(connection -> reset.complete(endsInReset(connection)));
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            client.reset();
            assertThat(reset.get(10, TimeUnit.SECONDS)).as("the origin saw a reset").isTrue();
            eventually("it is counted", () -> outcome(gateway, "client_abort") == 1);
        }
    }

    private static boolean endsInReset(OriginConnection connection) {
        try {
            connection.reader().readToEnd();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void shouldNoticeAnOriginThatResetsWhileItsClientDoesNotRead() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        opened(connection -> {
                            Thread.ofVirtual().start(() -> sendUntilClosed(connection));
                            connection.await(go);
                            connection.reset();
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            eventually("bytes flow", () -> origin.sentBytes() > 2 * OPENING);
            settled(origin::sentBytes, Duration.ofMillis(300), Duration.ofSeconds(20));
            go.countDown();
            eventually("it is counted", () -> outcome(gateway, "upstream_abort") == 1);
            assertThat(isEndedByReset(client)).isTrue();
        }
    }

    private static void sendUntilClosed(OriginConnection connection) {
        try {
            while (true) {
                connection.send(new byte[64 * 1024]);
            }
        } catch (IOException closed) {
            // As the test wants it.
        }
    }

    private static boolean isEndedByReset(RawClient client) throws IOException {
        try {
            client.reader().readToEnd();
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void shouldNoticeAClientThatResetsWhileItsOriginDoesNotRead() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Boolean> reset = new CompletableFuture<>();
        try (ScriptedOrigin origin =
                        opened(connection -> {
                            connection.await(go);
                            reset.complete(endsInReset(connection));
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            Body.Sending sending = Body.random(24, HUGE).streamInBackground(client);
            eventually("bytes flow", () -> sending.sentBytes() > OPENING);
            settled(sending::sentBytes, Duration.ofMillis(300), Duration.ofSeconds(20));
            client.reset();
            eventually("it is counted", () -> outcome(gateway, "client_abort") == 1);
            go.countDown();
            assertThat(reset.get(10, TimeUnit.SECONDS)).as("the origin saw a reset").isTrue();
        }
    }

    @Test
    void shouldDeliverTheAnswerOfAnOriginThatClosesWithoutReading() throws Exception {
        Body body = Body.random(12, 16 << 20);
        try (ScriptedOrigin origin =
                        opened(connection -> {
                            body.sendTo(connection);
                            connection.finishSending();
                        });
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            eventually("the client is told that nobody reads", client::isRefused);
        }
    }

    @Test
    void shouldResetBothWhenNothingMovesForTooLong() throws Exception {
        CompletableFuture<Boolean> reset = new CompletableFuture<>();
        try (ScriptedOrigin origin = opened(connection -> reset.complete(endsInReset(connection)));
                TestGateway gateway = start(origin, "timeouts: {tunnel: 300ms}", "100ms");
                RawClient client = open(gateway)) {
            client.expectReset();
            assertThat(reset.get(10, TimeUnit.SECONDS)).as("the origin saw a reset").isTrue();
            assertThat(outcome(gateway, "tunnel_idle")).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepATunnelInWhichBytesMove() throws Exception {
        try (ScriptedOrigin origin = opened(connection -> connection.echo());
                TestGateway gateway = start(origin, "timeouts: {tunnel: 400ms}", "100ms");
                RawClient client = open(gateway)) {
            for (int i = 0; i < 6; i++) {
                assertThat(client.staysSilentFor(150)).isTrue();
                assertThat(read(client.send("a"), 1)).isEqualTo("a");
            }
        }
    }

    @Test
    void shouldCutTunnelsWhenTheDrainTimeIsOver() throws Exception {
        CompletableFuture<Boolean> reset = new CompletableFuture<>();
        try (ScriptedOrigin origin = opened(connection -> reset.complete(endsInReset(connection)));
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway)) {
            gateway.gateway().close();
            client.expectReset();
            assertThat(reset.get(10, TimeUnit.SECONDS)).as("the origin saw a reset").isTrue();
        }
    }

    @Test
    void shouldHoldLittleForAClientThatDoesNotRead() throws Exception {
        Body body = Body.random(13, HUGE);
        try (ScriptedOrigin origin = opened(connection -> body.sendTo(connection));
                TestGateway gateway = inFrontOf(origin);
                RawClient client = open(gateway, 64 * 1024)) {
            long before = PlatformDependent.usedDirectMemory();
            eventually("bytes flow", () -> origin.sentBytes() > 2 * OPENING);
            long sent = settled(origin::sentBytes, Duration.ofMillis(500), Duration.ofSeconds(20));
            assertThat(sent).isLessThan(IN_FLIGHT_BOUND);
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(MEMORY_BOUND);
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
        }
    }

    @Test
    void shouldPassOnAHelloAheadOfWhatIsSpliced() throws Exception {
        byte[] hello = TlsParties.of("db.example.com").clientHello("db.example.com");
        Body body = Body.random(25, 8 << 20);
        CompletableFuture<String> received = new CompletableFuture<>();
        CompletableFuture<byte[]> greeted = new CompletableFuture<>();
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            greeted.complete(connection.reader().readExactly(hello.length));
                            Body.Digest digest = new Body.Digest();
                            connection.reader().copyToEnd(digest);
                            received.complete(digest.hex());
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .server("splice: {threshold: 4KiB}")
                                .upstream("app", origin)
                                .listener(
                                        "db",
                                        "{bind: 127.0.0.1:0, protocol: tls-passthrough,"
                                                + " upstream: app}")
                                .start();
                RawClient client = connect(gateway)) {
            client.send(hello);
            body.streamInBackground(client);
            assertThat(greeted.get(10, TimeUnit.SECONDS)).isEqualTo(hello);
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(body.hex());
            assertThat(gateway.metrics().sum("millrace_splice_bytes_total")).isPositive();
        }
    }

    @Test
    void shouldCopyWhenThereIsNoPipe() throws Exception {
        assertThat(echoWithPipes(0)).isZero();
    }

    @Test
    void shouldCopyWhatFindsNoPipeLeft() throws Exception {
        echoWithPipes(1);
    }

    /** Passes a large stream forth and back; returns how many of its bytes were spliced. */
    private double echoWithPipes(int pipes) throws Exception {
        Body body = Body.random(26, 32 << 20);
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.echo());
                TestGateway gateway = start(origin, "", "100ms\n  splice: {pipes: " + pipes + "}");
                RawClient client = connect(gateway)) {
            body.streamInBackground(client);
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            eventually("it is counted", () -> outcome(gateway, "ok") == 1);
            Metrics metrics = gateway.metrics();
            double spliced = metrics.sum("millrace_splice_bytes_total");
            assertThat(metrics.sum("millrace_splice_fallback_total")).isEqualTo(1);
            assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
            assertThat(spliced + metrics.sum("millrace_copied_body_bytes_total"))
                    .isEqualTo(2.0 * body.length());
            return spliced;
        }
    }

    @Test
    void shouldLeaveNothingBehindHoweverOftenTunnelsAreCut() throws Exception {
        Random random = new Random(5);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            if (connection.number() % 3 == 0) {
                                connection.reader().readExactly(OPENING / 8);
                                connection.send(new byte[OPENING]);
                                connection.reset();
                            } else {
                                sendUntilClosed(connection);
                            }
                        });
                TestGateway gateway = inFrontOf(origin)) {
            leaveInTheMiddle(gateway, random, 20);
            awaitQuiet(gateway);
            long before = descriptors();
            leaveInTheMiddle(gateway, random, 200);
            awaitQuiet(gateway);
            eventually("no descriptor is left", () -> descriptors() <= before + 4);
            assertThat(gateway.metrics().sum("millrace_splice_bytes_total")).isPositive();
        }
    }

    private static void leaveInTheMiddle(TestGateway gateway, Random random, int times) {
        for (int i = 0; i < times; i++) {
            try (RawClient client = connect(gateway)) {
                client.send(new byte[OPENING / 8]);
                client.reader().readExactly(random.nextInt(1 << 20));
                if (random.nextBoolean()) {
                    client.reset();
                }
            } catch (IOException reset) {
                // By the origin, which was faster.
            }
        }
    }

    private static void awaitQuiet(TestGateway gateway) throws Exception {
        eventually(
                "everything has ended",
                () -> {
                    Metrics metrics = gateway.metrics();
                    return metrics.sum("millrace_tunnel_connections_active") == 0
                            && metrics.sum("millrace_connections_active") == 0
                            && metrics.sum("millrace_pipe_pool_in_use") == 0;
                });
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    /** An origin that exchanges openings and then goes on as the script says. */
    private static ScriptedOrigin opened(ScriptedOrigin.Script script) throws IOException {
        return ScriptedOrigin.start(connection -> {
            open(connection);
            script.run(connection);
        });
    }

    private static void open(OriginConnection connection) throws IOException {
        connection.reader().readExactly(OPENING);
        connection.send(new byte[OPENING]);
    }

    /** A client whose tunnel is spliced by now. */
    private static RawClient open(TestGateway gateway) throws Exception {
        return open(gateway, 0);
    }

    private static RawClient open(TestGateway gateway, int receiveBuffer) throws Exception {
        RawClient client = RawClient.connect(gateway.address("db"), receiveBuffer);
        client.send(new byte[OPENING]).reader().readExactly(OPENING);
        assertThat(gateway.metrics().sum("millrace_splice_bytes_total")).isPositive();
        return client;
    }

    private TestGateway inFrontOf(ScriptedOrigin origin) throws IOException {
        return start(origin, "", "100ms");
    }

    private TestGateway start(ScriptedOrigin origin, String keys, String drainTimeout)
            throws IOException {
        return TestGateway.on(transport)
                .server("drainTimeout: " + drainTimeout)
                .upstream("app", origin)
                .listener("db", "{bind: 127.0.0.1:0, protocol: tcp, upstream: app, " + keys + "}")
                .start();
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
}
