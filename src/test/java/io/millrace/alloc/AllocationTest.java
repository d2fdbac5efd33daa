package io.millrace.alloc;

import static io.millrace.testing.Eventually.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.ForkedGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Divides what a shard's thread allocates by the requests that it proxies; owned by the test's
 * thread.
 *
 * <p>The gateway has a JVM of its own: what the compiler learnt from other tests would change the
 * figure.
 */
final class AllocationTest {
    private static final int WARM_UP = 300_000;
    private static final int MEASURED = 1_000_000;
    private static final double BYTES_PER_REQUEST = 16;

    /**
     * As bin/millrace sets them. Without Tier3DelayOn a busy compiler skips the tier that profiles
     * receivers, and then Netty's io_uring operations are not inlined and not scalar-replaced: 290
     * bytes a request in about every second start instead of 2. Sampled leak detection alone costs
     * 50.
     */
    private static final String[] JVM_OPTIONS = {
        "-XX:+UseSerialGC",
        "-XX:+UseCompactObjectHeaders",
        "-XX:Tier3DelayOn=1000",
        "-Dio.netty.leakDetection.level=disabled"
    };

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldAllocateNothingPerSteadyRequest(Transport transport, TestReporter reporter)
            throws Exception {
        measure(transport, "", reporter);
    }

    @ParameterizedTest
    @EnumSource(value = Transport.class, names = "IO_URING")
    void shouldAllocateNothingForFilters(Transport transport, TestReporter reporter)
            throws Exception {
        String filters =
                ", filters: {cors: {origins: [\"http://a\"]}, originCheck: {},"
                        + " rewrite: {prefix: /, replacePrefix: /v1}, requestHeaders: {remove:"
                        + " [x-a], set: {x-b: \"{client.ip} {request.id} {header.user-agent}\"}},"
                        + " responseHeaders: {set: {server: edge}, add: {x-c: \"{path.*}\"}}}";
        measure(transport, filters, reporter);
    }

    private void measure(Transport transport, String filters, TestReporter reporter)
            throws Exception {
        int port = ForkedGateway.freePort();
        int adminPort = ForkedGateway.freePort();
        try (EchoOrigin origin = EchoOrigin.start();
                ForkedGateway gateway =
                        ForkedGateway.run(
                                write(transport, origin, port, adminPort, filters),
                                adminPort,
                                JVM_OPTIONS);
                SteadyLoad load =
                        SteadyLoad.connect(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            load.run(WARM_UP);
            long before = allocatedBytes(gateway);
            load.run(MEASURED);
            double each = (allocatedBytes(gateway) - before) / (double) MEASURED;
            reporter.publishEntry("bytes allocated per request", Double.toString(each));
            assertThat(before).isPositive();
            assertThat(each).isLessThanOrEqualTo(BYTES_PER_REQUEST);
            assertThat(gateway.metrics().sum("http_requests_total", "status=\"200\""))
                    .isGreaterThanOrEqualTo(WARM_UP + MEASURED);
        }
    }

    private Path write(
            Transport transport, EchoOrigin origin, int port, int adminPort, String filters)
            throws IOException {
        String text =
                """
                server: {transport: %s, shards: 1, stateDirectory: "%s"}
                admin: {bind: 127.0.0.1:%d}
                listeners:
                  http: {bind: 127.0.0.1:%d}
                upstreams:
                  app: {endpoints: ["%s"]}
                routes:
                  - {name: all, path: /*, upstream: app%s}
                """
                        .formatted(
                                transport.key(),
                                directory.resolve("state-" + transport.key()),
                                adminPort,
                                port,
                                origin.address(),
                                filters);
        return Files.writeString(directory.resolve(transport.key() + ".yaml"), text);
    }

    /**
     * The gateway takes the figure once a second, so it is good when it has stood still for longer.
     */
    private static long allocatedBytes(ForkedGateway gateway) {
        return settled(() -> scraped(gateway), Duration.ofMillis(1_500), Duration.ofSeconds(20));
    }

    private static long scraped(ForkedGateway gateway) {
        try {
            // Steps of a mebibyte: the figure itself moves a little with every look at it.
            return (long) gateway.metrics().sum("millrace_shard_allocated_bytes_total") >> 20 << 20;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
