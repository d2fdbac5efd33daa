package io.millrace.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.observe.MetricsSnapshot.RequestKey;
import io.millrace.observe.MetricsSnapshot.RouteKey;
import io.millrace.observe.MetricsSnapshot.RouteTotals;
import io.millrace.outcome.Outcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardCountersTest {
    private static final int GET = 1;
    private static final int POST = 3;

    @TempDir Path directory;

    @Test
    void shouldShowShardMetricsThroughAnotherMapping() {
        try (ShardCounters counters = ShardCounters.create(directory, 3)) {
            counters.add(ShardMetric.CONNECTIONS_ACCEPTED, 5);
            counters.add(ShardMetric.CONNECTIONS_ACTIVE, 2);
            counters.add(ShardMetric.CONNECTIONS_ACTIVE, -1);
            counters.set(ShardMetric.TABLE_GENERATION, 42);
            counters.outcome(Outcome.POOL_FULL);

            MetricsSnapshot snapshot = new MetricsReader(directory).read();

            Map<ShardMetric, Long> shard = snapshot.shards().get(3);
            assertThat(shard)
                    .hasSize(ShardMetric.values().length)
                    .containsEntry(ShardMetric.CONNECTIONS_ACCEPTED, 5L)
                    .containsEntry(ShardMetric.CONNECTIONS_ACTIVE, 1L)
                    .containsEntry(ShardMetric.TABLE_GENERATION, 42L)
                    .containsEntry(ShardMetric.LOOP_TURNS, 0L);
            assertThat(snapshot.outcomes())
                    .hasSize(Outcome.values().length)
                    .containsEntry("pool_full", 1L)
                    .containsEntry("ok", 0L);
        }
    }

    @Test
    void shouldSumRoutesOverShards() {
        try (ShardCounters one = ShardCounters.create(directory, 0);
                ShardCounters two = ShardCounters.create(directory, 1)) {
            one.route("edge", "user").finished(GET, 200, 700_000, 10, 100);
            two.route("edge", "user").finished(GET, 200, 700_001, 20, 200);
            two.route("edge", "user").finished(POST, 503, 40_000_000_000L, 0, 0);
            two.route("inner", "user").finished(GET, 0, 1, 0, 0);

            MetricsSnapshot snapshot = new MetricsReader(directory).read();

            RouteTotals user = snapshot.routes().get(new RouteKey("edge", "user"));
            assertThat(user.requests())
                    .containsOnly(
                            Map.entry(new RequestKey(GET, 200), 2L),
                            Map.entry(new RequestKey(POST, 503), 1L));
            assertThat(user.bytesReceived()).isEqualTo(30);
            assertThat(user.bytesSent()).isEqualTo(300);
            assertThat(user.durationNs()).isEqualTo(40_001_400_001L);
            assertThat(user.buckets()[1]).isEqualTo(2);
            assertThat(user.buckets()[DurationBuckets.COUNT - 1]).isEqualTo(1);
            assertThat(snapshot.routes().get(new RouteKey("inner", "user")).requests())
                    .containsOnly(Map.entry(new RequestKey(GET, 0), 1L));
        }
    }

    @Test
    void shouldCountWhatPoolsDo() {
        try (ShardCounters counters = ShardCounters.create(directory, 0)) {
            UpstreamCounters users = counters.upstream("users");
            users.connect();
            users.connectFailed();
            users.reuse();
            users.reuse();
            users.poolWait();
            users.poolTimeout();
            users.retry();
            users.active(2);
            users.idle(3);
            users.idle(-1);
            assertThat(counters.upstream("users")).isSameAs(users);

            assertThat(new MetricsReader(directory).read().upstreams().get("users"))
                    .containsEntry(UpstreamMetric.CONNECTS, 1L)
                    .containsEntry(UpstreamMetric.CONNECT_FAILURES, 1L)
                    .containsEntry(UpstreamMetric.REUSES, 2L)
                    .containsEntry(UpstreamMetric.POOL_WAITS, 1L)
                    .containsEntry(UpstreamMetric.POOL_TIMEOUTS, 1L)
                    .containsEntry(UpstreamMetric.RETRIES, 1L)
                    .containsEntry(UpstreamMetric.CONNECTIONS_ACTIVE, 2L)
                    .containsEntry(UpstreamMetric.CONNECTIONS_IDLE, 2L);
        }
    }

    @Test
    void shouldCountOverflowWhenTheFileIsFull() {
        int roomForOneRoute =
                CounterAllocator.FIXED + 3 + UpstreamMetric.count() + TunnelMetric.count() + 3 + 1;
        try (ShardCounters counters = ShardCounters.create(directory, 0, roomForOneRoute)) {
            RouteCounters first = counters.route("edge", "first");
            first.finished(GET, 200, 1, 5, 5);
            first.finished(GET, 200, 1, 5, 5);
            counters.route("edge", "second").finished(GET, 200, 1, 5, 5);
            counters.upstream("late").connect();
            counters.upstream("late").active(1);

            MetricsSnapshot snapshot = new MetricsReader(directory).read();

            // twice a bucket for "first", a status and a bucket for "second"
            assertThat(snapshot.total(ShardMetric.COUNTER_OVERFLOW)).isEqualTo(4);
            assertThat(snapshot.upstreams().get("other"))
                    .containsEntry(UpstreamMetric.CONNECTS, 1L)
                    .containsEntry(UpstreamMetric.CONNECTIONS_ACTIVE, 1L);
            RouteTotals totals = snapshot.routes().get(new RouteKey("edge", "first"));
            assertThat(totals.requests()).containsOnly(Map.entry(new RequestKey(GET, 200), 2L));
            assertThat(totals.bytesSent()).isEqualTo(10);
            assertThat(snapshot.routes()).doesNotContainKey(new RouteKey("edge", "second"));
        }
    }

    @Test
    void shouldBoundTheStatusesOneRouteCanClaim() {
        try (ShardCounters counters = ShardCounters.create(directory, 0)) {
            RouteCounters route = counters.route("edge", "r");
            for (int status = 100; status < 300; status++) {
                route.finished(GET, status, 1, 0, 0);
            }

            MetricsSnapshot snapshot = new MetricsReader(directory).read();

            assertThat(snapshot.routes().get(new RouteKey("edge", "r")).requests())
                    .hasSize(RouteCounters.MAX_STATUS_SERIES);
            assertThat(snapshot.total(ShardMetric.COUNTER_OVERFLOW))
                    .isEqualTo(200 - RouteCounters.MAX_STATUS_SERIES);
        }
    }

    @Test
    void shouldKeepLongNamesApart() {
        String common = "n".repeat(400);
        try (ShardCounters counters = ShardCounters.create(directory, 0)) {
            counters.route(common + 1, common + "ä1").finished(GET, 200, 1, 0, 0);
            counters.route(common + 1, common + "ä2").finished(GET, 200, 1, 0, 0);

            assertThat(new MetricsReader(directory).read().routes())
                    .hasSize(2)
                    .allSatisfy((_, totals) -> assertThat(totals.requests().size()).isEqualTo(1));
        }
    }

    @Test
    void shouldAllocateNothingInSteadyState() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().threadId();
        try (ShardCounters counters = ShardCounters.create(directory, 0)) {
            RouteCounters route = counters.route("edge", "r");
            finishMany(route, 100_000);
            threads.getThreadAllocatedBytes(self);

            long before = threads.getThreadAllocatedBytes(self);
            finishMany(route, 1_000_000);
            long allocated = threads.getThreadAllocatedBytes(self) - before;

            assertThat(allocated).isLessThan(1_000);
        }
    }

    @Test
    void shouldReplaceTheFileOfAnEarlierStartAndRemoveOnlyItsOwn() {
        Path file = CounterFile.pathOf(directory, 0);
        ShardCounters older = ShardCounters.create(directory, 0);
        older.add(ShardMetric.LOOP_TURNS, 7);
        ShardCounters newer = ShardCounters.create(directory, 0);

        assertThat(new MetricsReader(directory).read().total(ShardMetric.LOOP_TURNS)).isZero();
        older.close();
        older.add(ShardMetric.LOOP_TURNS, 1);
        assertThat(file).exists();
        newer.close();
        assertThat(file).doesNotExist();
    }

    @Test
    void shouldPassOverAndRemoveFilesOfDeadProcesses() throws IOException, InterruptedException {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path stale = CounterFile.pathOf(directory, 9);
        ShardCounters.create(directory, 9, 200).add(ShardMetric.LOOP_TURNS, 7);
        rewritePid(stale, dead.pid());

        assertThat(new MetricsReader(directory).read().shards()).isEmpty();
        ShardCounters.create(directory, 0);
        assertThat(stale).doesNotExist();
        assertThat(new MetricsReader(directory).read().shards()).containsOnlyKeys(0);
    }

    @Test
    void shouldIgnoreFilesItDoesNotKnow() throws IOException {
        Files.writeString(directory.resolve("shard-0.counters"), "not a counters file");
        Files.write(directory.resolve("shard-1.counters"), new byte[10_000]);

        assertThat(new MetricsReader(directory).read().shards()).isEmpty();
        assertThat(new MetricsReader(directory.resolve("absent")).read().shards()).isEmpty();
    }

    private static void finishMany(RouteCounters route, int times) {
        for (int i = 0; i < times; i++) {
            route.finished(i % 10, 200 + i % 5, (long) i * 10_000, 1, 1);
        }
    }

    private static void rewritePid(Path path, long pid) throws IOException {
        byte[] start = Files.readAllBytes(path);
        for (int i = 0; i < Long.BYTES; i++) {
            start[16 + i] = (byte) (pid >>> (8 * i));
        }
        Files.write(path, start);
    }
}
