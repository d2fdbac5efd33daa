package io.millrace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.ForkedGateway;
import io.millrace.testing.Metrics;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bodies beyond what an int counts, and readers far slower than their origin, through a gateway in
 * its own process; owned by the test's thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class LargeBodyIT {
    private static final long HUGE = (3L << 30) + 5;
    private static final int STAMP_BYTES = 4096;
    private static final long STAMP_EVERY = 16L << 20;
    private static final int PART = 256 * 1024;
    private static final int SLOW = 64;
    private static final long SLOW_BODY = 64L << 20;
    private static final long SIP_EVERY_NS = 100_000_000;
    private static final long LOOK_EVERY_NS = 20_000_000;
    private static final long BYTES_FOR_SLOW_ONES = 32L << 20;

    private final Transport transport;

    @TempDir Path directory;

    LargeBodyIT(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldPassThreeGibibytesEitherWay() throws Exception {
        Path sparse = sparseFile();
        long expected = checksum(sparse);
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin =
                ScriptedOrigin.start(connection -> serve(connection, sparse))) {
            file.write(origin, 0, "transport: " + transport.key());
            try (ForkedGateway gateway = ForkedGateway.run(file.path(), file.adminPort());
                    RawClient client = RawClient.connect(file.address())) {
                Response head = client.get("/").reader().readResponseHead();
                assertThat(head.header("content-length")).isEqualTo("" + HUGE);
                Checksum received = new Checksum();
                client.reader().copyResponseBody(head, "GET", received);
                assertThat(received.value()).isEqualTo(expected);

                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + HUGE + "\r\n\r\n");
                copy(sparse, client::send);
                assertThat(client.readResponse("POST").text()).isEqualTo("" + expected);
                Metrics metrics = gateway.metrics();
                assertThat(metrics.sum("millrace_splice_bytes_total")).isGreaterThan(1.9 * HUGE);
                assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
            }
        }
    }

    /** Mostly holes, so that it takes no room; with something here and there that must not move. */
    private Path sparseFile() throws IOException {
        Path file = directory.resolve("sparse");
        Random random = new Random(11);
        byte[] stamp = new byte[STAMP_BYTES];
        try (FileChannel out =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            for (long at = 0; at + STAMP_BYTES < HUGE; at += STAMP_EVERY) {
                random.nextBytes(stamp);
                out.write(ByteBuffer.wrap(stamp), at);
            }
            out.write(ByteBuffer.wrap(new byte[] {1}), HUGE - 1);
        }
        return file;
    }

    private static void serve(OriginConnection connection, Path sparse) throws IOException {
        while (true) {
            Request head = connection.readHead();
            if (head.method().equals("POST")) {
                Checksum sent = new Checksum();
                connection.reader().copyRequestBody(head, sent);
                connection.reply("" + sent.value());
            } else {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + HUGE + "\r\n\r\n");
                copy(sparse, connection::send);
            }
        }
    }

    private static long checksum(Path file) throws IOException {
        Checksum whole = new Checksum();
        copy(file, whole::write);
        return whole.value();
    }

    private static void copy(Path file, Sink to) throws IOException {
        byte[] part = new byte[PART];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                to.write(part, 0, n);
            }
        }
    }

    @Test
    void shouldGrowLittleWithSixtyFourSlowReadersOfAFastOrigin(TestReporter reporter)
            throws Exception {
        Body body = Body.random(3, SLOW_BODY);
        ProcessFile file = ProcessFile.in(directory);
        List<RawClient> slow = new ArrayList<>();
        AtomicBoolean stopped = new AtomicBoolean();
        try (ScriptedOrigin origin =
                ScriptedOrigin.start(connection -> {
                    while (true) {
                        connection.readRequest();
                        body.respondTo(connection, false);
                    }
                })) {
            file.write(origin, 0, "transport: " + transport.key());
            try (ForkedGateway gateway =
                    ForkedGateway.run(
                            file.path(),
                            file.adminPort(),
                            "-Xms64m",
                            "-Xmx64m",
                            "-XX:+AlwaysPreTouch")) {
                warmUp(file);
                long before = gateway.residentBytes();
                for (int i = 0; i < SLOW; i++) {
                    slow.add(RawClient.connect(file.address(), PART).get("/"));
                }
                for (RawClient client : slow) {
                    Thread.ofVirtual().start(() -> sip(client, stopped));
                }
                long most = mostResident(gateway, Duration.ofSeconds(3));
                Metrics metrics = gateway.metrics();
                stopped.set(true);
                reporter.publishEntry("growth in bytes", Long.toString(most - before));
                assertThat(metrics.sum("millrace_requests_active")).isEqualTo(SLOW);
                assertThat(metrics.sum("millrace_pipe_pool_in_use")).isEqualTo(SLOW);
                assertThat(most - before).isLessThan(BYTES_FOR_SLOW_ONES);
            }
        } finally {
            for (RawClient client : slow) {
                client.close();
            }
        }
    }

    private static void warmUp(ProcessFile file) throws IOException {
        for (int i = 0; i < 4; i++) {
            try (RawClient client = RawClient.connect(file.address())) {
                Response head = client.get("/").reader().readResponseHead();
                client.reader().copyResponseBody(head, "GET", OutputStream.nullOutputStream());
            }
        }
    }

    /** Takes a little now and then. */
    private static void sip(RawClient client, AtomicBoolean stopped) {
        try {
            while (!stopped.get()) {
                client.reader().readExactly(PART / 16);
                LockSupport.parkNanos(SIP_EVERY_NS);
            }
        } catch (IOException _) {
            // the test is over
        }
    }

    private static long mostResident(ForkedGateway gateway, Duration during) throws IOException {
        long endNs = System.nanoTime() + during.toNanos();
        long most = 0;
        while (System.nanoTime() < endNs) {
            most = Math.max(most, gateway.residentBytes());
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
        return most;
    }

    /** Where parts of a file go; owned by the thread that reads it. */
    @FunctionalInterface
    private interface Sink {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    /** Keeps nothing but a checksum; owned by the thread that writes. */
    private static final class Checksum extends OutputStream {
        private final CRC32C sum = new CRC32C();

        long value() {
            return sum.getValue();
        }

        @Override
        public void write(int b) {
            sum.update(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            sum.update(bytes, offset, length);
        }
    }
}
