package io.millrace.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Divides what a shard's thread allocates by the requests that it proxies; owned by the test's
 * thread.
 */
final class AllocationTest {
    private static final int WARM_UP = 300_000;
    private static final int MEASURED = 1_000_000;
    private static final double BYTES_PER_REQUEST = 16;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private ResourceLeakDetector.Level level = ResourceLeakDetector.Level.DISABLED;

    @BeforeEach
    void leaveLeaksToOtherTests() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void watchLeaksAgain() {
        ResourceLeakDetector.setLevel(level);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldAllocateNothingPerSteadyRequest(Transport transport, TestReporter reporter)
            throws Exception {
        try (EchoOrigin origin = EchoOrigin.start();
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", "{endpoints: [\"" + origin.address() + "\"]}")
                                .start();
                SteadyLoad load = SteadyLoad.connect(gateway.address())) {
            load.run(WARM_UP);
            long before = allocatedByShards();
            load.run(MEASURED);
            double each = (allocatedByShards() - before) / (double) MEASURED;
            reporter.publishEntry("bytes allocated per request", Double.toString(each));
            assertThat(each).isLessThanOrEqualTo(BYTES_PER_REQUEST);
            assertThat(gateway.metrics().sum("http_requests_total", "status=\"200\""))
                    .isGreaterThanOrEqualTo(WARM_UP + MEASURED);
        }
    }

    private long allocatedByShards() {
        long[] shards =
                Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                        .filter(info -> info != null && info.getThreadName().startsWith("shard-"))
                        .mapToLong(java.lang.management.ThreadInfo::getThreadId)
                        .toArray();
        assertThat(shards).as("threads of shards").hasSize(1);
        return Arrays.stream(threads.getThreadAllocatedBytes(shards)).sum();
    }
}
