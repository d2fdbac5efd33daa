package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.Body;
import io.millrace.testing.HttpReader;
import io.millrace.testing.IncompleteMessageException;
import io.millrace.testing.Metrics;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says which bodies are spliced, and that nothing else differs; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class SpliceContractTest {
    private static final int THRESHOLD = 64 * 1024;
    private static final int LARGE = 8 << 20;
    private static final int HUGE = 96 << 20;
    private static final int STEP = 256 * 1024;

    private final Transport transport;

    SpliceContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldDeliverResponsesOfEverySizeBehindEachOther() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::sendSizes);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            int[] sizes = {0, 1, THRESHOLD - 1, THRESHOLD, THRESHOLD + 1, 1 << 20, LARGE, 7};
            StringBuilder pipelined = new StringBuilder();
            for (int size : sizes) {
                pipelined.append("GET /").append(size).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(pipelined.toString());
            for (int size : sizes) {
                Response head = client.reader().readResponseHead();
                Body.Digest digest = new Body.Digest();
                client.reader().copyResponseBody(head, "GET", digest);
                assertThat(digest.hex()).isEqualTo(Body.random(size, size).hex());
            }
            assertThat(origin.acceptedConnections()).isEqualTo(1);
            Metrics metrics = gateway.metrics();
            assertThat(metrics.sum("millrace_splice_bytes_total")).isGreaterThan(LARGE / 2);
            assertThat(metrics.sum("millrace_copied_body_bytes_total"))
                    .isGreaterThanOrEqualTo(THRESHOLD);
            assertThat(metrics.sum("millrace_splice_fallback_total")).isZero();
            assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
        }
    }

    private static void sendSizes(OriginConnection connection) throws Exception {
        while (true) {
            Request request = connection.readRequest();
            int size = Integer.parseInt(request.target().substring(1));
            Body.random(size, size).respondTo(connection, false);
        }
    }

    @Test
    void shouldDeliverRequestsOfEverySizeBehindEachOther() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::replyDigests);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            int[] sizes = {
                0,
                1,
                THRESHOLD - 1,
                THRESHOLD,
                THRESHOLD + 1,
                3 * THRESHOLD,
                1 << 20,
                LARGE,
                2,
                LARGE
            };
            for (int size : sizes) {
                Body body = Body.random(size, size);
                Body.Sending sending = body.sendInBackground(client);
                assertThat(client.readResponse("POST").text()).isEqualTo(body.hex());
                sending.join();
            }
            Metrics metrics = gateway.metrics();
            assertThat(metrics.sum("millrace_splice_bytes_total")).isGreaterThan(LARGE);
            assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
        }
    }

    @Test
    void shouldAnswerInOrderWhatIsPipelinedAroundLargeBodies() throws Exception {
        Body up = Body.random(9, LARGE);
        Body down = Body.random(LARGE, LARGE);
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::replyEither);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(get(1) + get(2) + get(LARGE) + get(3));
            assertBody(client, Body.random(1, 1));
            assertBody(client, Body.random(2, 2));
            assertBody(client, down);
            assertBody(client, Body.random(3, 3));
            client.send(get(4) + get(5));
            Body.Sending sending = up.sendInBackground(client);
            assertBody(client, Body.random(4, 4));
            assertBody(client, Body.random(5, 5));
            assertThat(client.readResponse("POST").text()).isEqualTo(up.hex());
            sending.join();
            client.send(get(LARGE) + get(6));
            assertBody(client, down);
            assertBody(client, Body.random(6, 6));
            assertThat(gateway.metrics().sum("millrace_splice_bytes_total"))
                    .isGreaterThan(2.5 * LARGE);
        }
    }

    @Test
    void shouldSpliceToAndFromAnOriginOnAUnixSocket(@TempDir Path directory) throws Exception {
        Body up = Body.random(7, LARGE);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.startOnUnix(
                                directory.resolve("o"), SpliceContractTest::replyEither);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                Body.Sending sending = up.sendInBackground(client);
                assertThat(client.readResponse("POST").text()).isEqualTo(up.hex());
                sending.join();
            }
            double uploaded = gateway.metrics().sum("millrace_splice_bytes_total");
            assertThat(uploaded).isGreaterThan(2.5 * LARGE);
            for (int i = 0; i < 3; i++) {
                client.send(get(LARGE));
                assertBody(client, Body.random(LARGE, LARGE));
            }
            Metrics metrics = gateway.metrics();
            assertThat(metrics.sum("millrace_splice_bytes_total") - uploaded)
                    .isGreaterThan(2.5 * LARGE);
            assertThat(metrics.sum("millrace_splice_fallback_total")).isZero();
        }
    }

    /** The end may come while the origin's channel leaves its loop, at many moments of that. */
    @Test
    void shouldPassWhatAnOriginOnAUnixSocketEndsWithItsConnection(@TempDir Path directory)
            throws Exception {
        Body[] bodies = new Body[40];
        for (int i = 0; i < bodies.length; i++) {
            bodies[i] = Body.random(i, 60_000 + 10_000 * i);
        }
        try (ScriptedOrigin origin =
                        ScriptedOrigin.startOnUnix(
                                directory.resolve("o"),
                                connection -> {
                                    Body body = bodies[connection.number() % bodies.length];
                                    connection.readRequest();
                                    connection.send("HTTP/1.1 200 OK\r\n\r\n");
                                    body.sendTo(connection);
                                });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 5 * bodies.length; i++) {
                assertBody(client.get("/"), bodies[i % bodies.length]);
            }
        }
    }

    private static String get(int size) {
        return "GET /" + size + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static void assertBody(RawClient client, Body expected) throws IOException {
        Response head = client.reader().readResponseHead();
        Body.Digest digest = new Body.Digest();
        client.reader().copyResponseBody(head, "GET", digest);
        assertThat(digest.hex()).isEqualTo(expected.hex());
    }

    /** A body of the wanted length to a GET, the digest of what was sent to a POST. */
    private static void replyEither(OriginConnection connection) throws Exception {
        while (true) {
            Request head = connection.readHead();
            if (head.method().equals("GET")) {
                int size = Integer.parseInt(head.target().substring(1));
                Body.random(size, size).respondTo(connection, false);
            } else {
                Body.Digest digest = new Body.Digest();
                connection.reader().copyRequestBody(head, digest);
                connection.reply(digest.hex());
            }
        }
    }

    private static void replyDigests(OriginConnection connection) throws Exception {
        while (true) {
            Request head = connection.readHead();
            Body.Digest digest = new Body.Digest();
            connection.reader().copyRequestBody(head, digest);
            connection.reply(digest.hex());
        }
    }

    @Test
    void shouldCutAResponseWhoseOriginDiesInTheMiddle() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                            connection.send(new byte[LARGE / 2]);
                            connection.close();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/");
            client.reader().readResponseHead();
            client.reader().readExactly(LARGE / 2);
            client.expectEnd();
            assertThat(
                            gateway.metrics()
                                    .sum("millrace_outcomes_total", "outcome=\"body_incomplete\""))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, THRESHOLD - 1, THRESHOLD, THRESHOLD + 1, 1 << 20, LARGE})
    void shouldSpliceIntoChunksWhatTheOriginEndsByClosing(int size) throws Exception {
        Body body = Body.random(size, size);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send("HTTP/1.0 200 OK\r\n\r\n");
                            body.sendTo(connection);
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(get(1) + get(2));
            for (int i = 0; i < 2; i++) {
                Response head = client.reader().readResponseHead();
                assertThat(head.header("transfer-encoding")).isEqualTo("chunked");
                Body.Digest digest = new Body.Digest();
                client.reader().copyResponseBody(head, "GET", digest);
                assertThat(digest.hex()).isEqualTo(body.hex());
            }
            Metrics metrics = gateway.metrics();
            double spliced = metrics.sum("millrace_splice_bytes_total");
            if (size <= 1 << 20) {
                assertThat(spliced).isZero();
            } else {
                assertThat(spliced).isGreaterThan(1.5 * size);
            }
            assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
        }
    }

    @Test
    void shouldNotEndTheChunksOfABodyThatItsOriginCut() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send("HTTP/1.0 200 OK\r\n\r\n");
                            connection.send(new byte[LARGE]);
                            connection.await(received);
                            connection.reset();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/");
            Response head = client.reader().readResponseHead();
            AtomicLong count = new AtomicLong();
            OutputStream counting =
                    new OutputStream() {
                        @Override
                        public void write(int b) {
                            count.incrementAndGet();
                        }

                        @Override
                        public void write(byte[] bytes, int offset, int length) {
                            if (count.addAndGet(length) == LARGE) {
                                received.countDown();
                            }
                        }
                    };
            assertThatThrownBy(() -> client.reader().copyResponseBody(head, "GET", counting))
                    .isInstanceOfAny(IncompleteMessageException.class, SocketException.class);
            assertThat(count).hasValue(LARGE);
            Metrics metrics = gateway.metrics();
            assertThat(metrics.sum("millrace_splice_bytes_total")).isGreaterThan(LARGE / 2);
            assertThat(metrics.sum("millrace_outcomes_total", "outcome=\"body_incomplete\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldCutAResponseThatStopsForLongerThanTheTimeout() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                            connection.send(new byte[LARGE / 2]);
                            connection.awaitEnd();
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin, "timeouts: {response: 200ms}")
                                .start();
                RawClient client = gateway.connect()) {
            client.get("/");
            client.reader().readResponseHead();
            client.reader().readExactly(LARGE / 2);
            client.expectEnd();
            assertThat(gateway.metrics().sum("millrace_outcomes_total", "outcome=\"body_timeout\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldDropAClientThatNeverReadsAtItsTimeout() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::sendSizes);
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .listener("timeouts: {body: 300ms}")
                                .start();
                RawClient client = RawClient.connect(gateway.address(), 64 * 1024)) {
            client.get("/" + (64 << 20));
            eventually(
                    "the client is dropped",
                    () ->
                            gateway.metrics()
                                            .sum(
                                                    "millrace_outcomes_total",
                                                    "outcome=\"client_timeout\"")
                                    == 1);
            Metrics metrics = gateway.metrics();
            assertThat(metrics.sum("millrace_splice_bytes_total")).isPositive();
            assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
            assertThat(metrics.sum("millrace_connections_active")).isZero();
        }
    }

    @Test
    void shouldAnswerAClientThatStopsInTheMiddleOfALargeUpload() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::replyDigests);
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .listener("timeouts: {body: 300ms}")
                                .start();
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LARGE + "\r\n\r\n");
            client.send(new byte[LARGE / 2]);
            assertThat(client.readResponse("POST").status()).isEqualTo(408);
        }
    }

    /**
     * Both sides are faster than the shard, so nobody is late. Threads of the platform take turns
     * even where none of them ever waits.
     */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void shouldGoOnForLongerThanTheTimeoutsWhileBothSidesAreReady(String method) throws Exception {
        try (ExecutorService peers = Executors.newCachedThreadPool();
                ScriptedOrigin origin =
                        ScriptedOrigin.start(connection ->
                                peers.submit(() -> serveHuge(connection, method)).get());
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("timeouts: {body: 500ms}")
                                .upstream("app", origin, "timeouts: {response: 500ms}")
                                .start()) {
            List<Callable<Boolean>> transfers =
                    Collections.nCopies(16, () -> transferHuge(gateway, method));
            for (Future<Boolean> done : peers.invokeAll(transfers)) {
                assertThat(done.get()).isTrue();
            }
        }
    }

    private static boolean serveHuge(OriginConnection connection, String method)
            throws IOException {
        connection.reader().readRequestHead();
        if (method.equals("POST")) {
            skipHuge(connection.reader());
            connection.reply("taken");
        } else {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + HUGE + "\r\n\r\n");
            sendHuge(connection::send);
        }
        connection.awaitEnd();
        return true;
    }

    private static boolean transferHuge(TestGateway gateway, String method) throws IOException {
        try (RawClient client = gateway.connect()) {
            if (method.equals("GET")) {
                client.get("/");
                client.reader().readResponseHead();
                skipHuge(client.reader());
                return true;
            }
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + HUGE + "\r\n\r\n");
            sendHuge(client::send);
            return client.readResponse("POST").status() == 200;
        }
    }

    /** Sends bytes; owned by the thread that calls. */
    @FunctionalInterface
    private interface Sender {
        void send(byte[] bytes) throws IOException;
    }

    private static void sendHuge(Sender to) throws IOException {
        byte[] zeros = new byte[STEP];
        for (int left = HUGE; left > 0; left -= STEP) {
            to.send(zeros);
        }
    }

    private static void skipHuge(HttpReader reader) throws IOException {
        for (int left = HUGE; left > 0; left -= STEP) {
            reader.readExactly(STEP);
        }
    }
}
