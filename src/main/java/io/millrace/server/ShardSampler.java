package io.millrace.server;

import com.sun.management.ThreadMXBean;
import io.millrace.downstream.Spread;
import io.millrace.observe.ShardMetric;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.WallClock;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Reads what the JVM knows of the shards' threads into their counters; owned by the conductor's
 * thread.
 *
 * <p>It is the only writer of these counters, so the rule of one writer per counter holds.
 */
@OwnedBy(Role.CONDUCTOR)
final class ShardSampler {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<ShardRuntime> shards;
    private final Spread spread;
    private final long[] workedNs;
    private long sampledNs = WallClock.monotonicNs();

    ShardSampler(List<ShardRuntime> shards, Spread spread) {
        this.shards = shards;
        this.spread = spread;
        this.workedNs = new long[shards.size()];
    }

    void sample() {
        long nowNs = WallClock.monotonicNs();
        long elapsedNs = Math.max(1, nowNs - sampledNs);
        sampledNs = nowNs;
        for (ShardRuntime shard : shards) {
            long id = shard.shard().threadId();
            int index = shard.shard().index();
            long cpuNs = threads.getThreadCpuTime(id);
            // A shard that only looks for more to do has room for connections.
            long workNs = cpuNs - shard.shard().spunNs();
            spread.load(index, Math.max(0, workNs - workedNs[index]) * 1000 / elapsedNs);
            workedNs[index] = workNs;
            shard.counters().set(ShardMetric.LOOP_BUSY_NS, cpuNs);
            shard.counters().set(ShardMetric.ALLOCATED_BYTES, threads.getThreadAllocatedBytes(id));
            shard.counters().set(ShardMetric.LOOP_TURNS, shard.shard().turns());
        }
    }
}
