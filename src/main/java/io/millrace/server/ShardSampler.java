package io.millrace.server;

import com.sun.management.ThreadMXBean;
import io.millrace.observe.ShardMetric;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
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

    ShardSampler(List<ShardRuntime> shards) {
        this.shards = shards;
    }

    void sample() {
        for (ShardRuntime shard : shards) {
            long id = shard.shard().threadId();
            shard.counters().set(ShardMetric.LOOP_BUSY_NS, threads.getThreadCpuTime(id));
            shard.counters().set(ShardMetric.ALLOCATED_BYTES, threads.getThreadAllocatedBytes(id));
            shard.counters().set(ShardMetric.LOOP_TURNS, shard.shard().turns());
        }
    }
}
