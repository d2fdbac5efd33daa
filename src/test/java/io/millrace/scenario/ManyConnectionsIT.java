package io.millrace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.ForkedGateway;
import io.millrace.testing.Load;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Opens many connections to a gateway in its own process; owned by the test's thread. */
final class ManyConnectionsIT {
    private static final int IDLE = 8_000;
    private static final int BUSY = 500;
    private static final int SLOW = 100;
    private static final long BYTES_PER_IDLE_CONNECTION = 16 * 1024;
    private static final long BYTES_FOR_SLOW_ONES = 96L * 1024 * 1024;

    @TempDir Path directory;

    @Test
    void shouldHoldEightThousandIdleConnectionsBesideFiveHundredBusyOnes(TestReporter reporter)
            throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        List<RawClient> idle = new ArrayList<>();
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                ForkedGateway gateway =
                        ForkedGateway.run(
                                file.write(origin, 0).path(), file.adminPort(), "-Xmx128m")) {
            warmUp(file);
            long before = gateway.residentBytes();
            open(file, idle);
            long each = (gateway.residentBytes() - before) / IDLE;
            reporter.publishEntry("bytes of RSS per idle connection", Long.toString(each));
            assertThat(each).isLessThan(BYTES_PER_IDLE_CONNECTION);
            assertThat(gateway.metrics().sum("millrace_connections_active"))
                    .isGreaterThanOrEqualTo(IDLE);
            try (Load load = Load.start(file.address(), BUSY, "/busy")) {
                load.awaitMore(20_000);
            }
            for (int i = 0; i < IDLE; i += 100) {
                assertThat(idle.get(i).get("/idle").readResponse().text()).isEqualTo("x");
            }
        } finally {
            for (RawClient client : idle) {
                client.close();
            }
        }
    }

    @Test
    void shouldBoundTheMemoryThatSlowReadersCost(TestReporter reporter) throws Exception {
        Body body = Body.random(3, 32L * 1024 * 1024);
        ProcessFile file = ProcessFile.in(directory);
        List<RawClient> slow = new ArrayList<>();
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            while (true) {
                                if (connection.readRequest().target().equals("/large")) {
                                    body.respondTo(connection, false);
                                } else {
                                    connection.reply("small");
                                }
                            }
                        });
                ForkedGateway gateway =
                        ForkedGateway.run(
                                file.write(origin, 0).path(), file.adminPort(), "-Xmx128m")) {
            warmUp(file);
            long before = gateway.residentBytes();
            for (int i = 0; i < SLOW; i++) {
                slow.add(RawClient.connect(file.address(), 64 * 1024).get("/large"));
            }
            try (Load load = Load.start(file.address(), 20, "/small")) {
                load.awaitMore(5_000);
            }
            io.millrace.testing.Eventually.settled(
                    origin::sentBytes, Duration.ofMillis(500), Duration.ofSeconds(30));
            long grown = gateway.residentBytes() - before;
            reporter.publishEntry("bytes of RSS for slow readers", Long.toString(grown));
            assertThat(grown).isLessThan(BYTES_FOR_SLOW_ONES);
        } finally {
            for (RawClient client : slow) {
                client.close();
            }
        }
    }

    @Test
    void shouldBoundTheMemoryThatSlowWritersCost() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        List<RawClient> slow = new ArrayList<>();
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            while (true) {
                                connection.reply(connection.readRequest().target());
                            }
                        });
                ForkedGateway gateway =
                        ForkedGateway.run(
                                file.write(origin, 0).path(), file.adminPort(), "-Xmx128m")) {
            warmUp(file);
            long before = gateway.residentBytes();
            for (int i = 0; i < SLOW; i++) {
                RawClient client = RawClient.connect(file.address());
                slow.add(client);
                client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n1");
            }
            try (Load load = Load.start(file.address(), 20, "/")) {
                load.awaitMore(5_000);
            }
            assertThat(gateway.residentBytes() - before).isLessThan(BYTES_FOR_SLOW_ONES);
            for (RawClient client : slow) {
                client.send("2".repeat(99));
                assertThat(client.readResponse().text()).isEqualTo("/slow");
            }
        } finally {
            for (RawClient client : slow) {
                client.close();
            }
        }
    }

    private static void warmUp(ProcessFile file) throws Exception {
        try (Load load = Load.start(file.address(), BUSY, "/warm")) {
            load.awaitMore(30_000);
        }
    }

    private static void open(ProcessFile file, List<RawClient> idle) throws IOException {
        for (int i = 0; i < IDLE; i++) {
            RawClient client = RawClient.connect(file.address(), 4 * 1024);
            idle.add(client);
            assertThat(client.get("/idle").readResponse().status()).isEqualTo(200);
        }
    }
}
