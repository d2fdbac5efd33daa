package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.Metrics;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ends spliced bodies at random points, a thousand times in all, and counts what is left; owned by
 * the test's thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class SpliceAbortContractTest {
    private static final int TIMES = 250;
    private static final int WARM_UPS = 20;
    private static final int LENGTH = 1 << 20;
    private static final Body BODY = Body.random(1, LENGTH);
    private static final int PART = 16 * 1024;

    private final Transport transport;
    private final Random random = new Random(5);
    private final AtomicInteger leaveAfter = new AtomicInteger(Integer.MAX_VALUE);
    private ScriptedOrigin origin;
    private TestGateway gateway;

    SpliceAbortContractTest(Transport transport) {
        this.transport = transport;
    }

    @BeforeEach
    void start() throws IOException {
        origin = ScriptedOrigin.start(this::serve);
        gateway =
                TestGateway.on(transport)
                        .server("splice: {pipes: 2}\n  drainTimeout: 100ms")
                        .upstream("app", origin, "pool: {idleTimeout: 1s}")
                        .start();
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
        origin.close();
    }

    @Test
    void shouldLeaveNothingBehindWhenClientsLeaveDownloads() throws Exception {
        assertNothingIsLeft(this::leaveDownload);
    }

    @Test
    void shouldLeaveNothingBehindWhenClientsLeaveUploads() throws Exception {
        assertNothingIsLeft(this::leaveUpload);
    }

    @Test
    void shouldLeaveNothingBehindWhenOriginsLeaveDownloads() throws Exception {
        assertNothingIsLeft(this::loseDownload);
    }

    @Test
    void shouldLeaveNothingBehindWhenOriginsLeaveUploads() throws Exception {
        assertNothingIsLeft(this::loseUpload);
    }

    /** One transfer that ends too early; owned by the test's thread. */
    @FunctionalInterface
    private interface Abort {
        void run(RawClient client) throws IOException;
    }

    private void assertNothingIsLeft(Abort abort) throws Exception {
        repeat(abort, WARM_UPS);
        awaitQuiet();
        Map<String, Long> before = descriptors();
        double splicedBefore = gateway.metrics().sum("millrace_splice_bytes_total");
        repeat(abort, TIMES);
        awaitQuiet();
        assertThat(gateway.metrics().sum("millrace_splice_bytes_total"))
                .isGreaterThan(splicedBefore);
        AtomicReference<Map<String, Long>> left = new AtomicReference<>();
        try {
            eventually(
                    "no descriptor is left",
                    () -> {
                        left.set(more(before, descriptors()));
                        return left.get().isEmpty();
                    });
        } catch (AssertionError late) {
            throw new AssertionError("left: " + left, late);
        }
    }

    /**
     * The kinds of which there are more than before, but for another pipe that waits in the pool.
     */
    private static Map<String, Long> more(Map<String, Long> before, Map<String, Long> now) {
        Map<String, Long> more = new TreeMap<>();
        now.forEach((kind, count) -> {
            long grown = count - before.getOrDefault(kind, 0L) - (kind.startsWith("pipe") ? 2 : 0);
            if (grown > 0) {
                more.put(kind, grown);
            }
        });
        return more;
    }

    private void repeat(Abort abort, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (RawClient client = gateway.connect()) {
                abort.run(client);
            }
        }
    }

    private void leaveDownload(RawClient client) throws IOException {
        client.get("/");
        client.reader().readExactly(random.nextInt(LENGTH));
        leave(client);
    }

    private void leaveUpload(RawClient client) throws IOException {
        sendPart(client, random.nextInt(LENGTH));
        leave(client);
    }

    private void leave(RawClient client) throws IOException {
        if (random.nextBoolean()) {
            client.reset();
        }
    }

    private void loseDownload(RawClient client) throws IOException {
        leaveAfter.set(random.nextInt(LENGTH));
        client.get("/");
        client.drain();
    }

    private void loseUpload(RawClient client) throws IOException {
        leaveAfter.set(random.nextInt(LENGTH));
        try {
            sendPart(client, LENGTH);
        } catch (IOException _) {
            // the gateway has closed already
        }
        client.drain();
    }

    private static void sendPart(RawClient client, int length) throws IOException {
        client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                        + LENGTH
                        + "\r\n\r\n");
        byte[] part = new byte[PART];
        for (int left = length; left > 0; left -= PART) {
            client.send(part, 0, Math.min(left, PART));
        }
    }

    /** Serves until its turn has come to leave in the middle. */
    private void serve(OriginConnection connection) throws Exception {
        while (true) {
            Request head = connection.readHead();
            int after = leaveAfter.getAndSet(Integer.MAX_VALUE);
            if (head.method().equals("GET")) {
                if (after < LENGTH) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + LENGTH + "\r\n\r\n");
                    connection.send(new byte[after]);
                    leave(connection);
                    return;
                }
                BODY.respondTo(connection, false);
            } else {
                connection.reader().readExactly(Math.min(after, LENGTH));
                if (after < LENGTH) {
                    leave(connection);
                    return;
                }
                connection.reply("ok");
            }
        }
    }

    private static void leave(OriginConnection connection) throws IOException {
        if (ThreadLocalRandom.current().nextBoolean()) {
            connection.reset();
        } else {
            connection.close();
        }
    }

    private void awaitQuiet() throws Exception {
        eventually(
                "everything has ended",
                () -> {
                    Metrics metrics = gateway.metrics();
                    return metrics.sum("millrace_requests_active") == 0
                            && metrics.sum("millrace_connections_active") == 0
                            && metrics.sum("millrace_upstream_connections_active") == 0
                            && metrics.sum("millrace_pipe_pool_in_use") == 0
                            && origin.openConnections() == 0;
                });
    }

    /** How many open descriptors of each kind there are. */
    private static Map<String, Long> descriptors() throws IOException {
        Map<String, Long> kinds = new TreeMap<>();
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : (Iterable<Path>) all::iterator) {
                kinds.merge(kind(descriptor), 1L, Long::sum);
            }
        }
        return kinds;
    }

    private static String kind(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().replaceAll("[0-9]+", "");
        } catch (IOException _) {
            return "closed meanwhile";
        }
    }
}
