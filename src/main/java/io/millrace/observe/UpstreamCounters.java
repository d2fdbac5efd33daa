package io.millrace.observe;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/** Counts what one shard's pools do with one upstream; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
public final class UpstreamCounters {
    private final UnsafeBuffer values;
    private final int[] offsets = new int[UpstreamMetric.count()];

    UpstreamCounters(UnsafeBuffer values, CounterAllocator allocator, UnsafeBuffer label) {
        this.values = values;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = allocator.allocate(CounterType.UPSTREAM + i, 0, 0, label);
        }
    }

    /** A connection was opened. */
    public void connect() {
        add(UpstreamMetric.CONNECTS, 1);
    }

    /** A connection could not be opened. */
    public void connectFailed() {
        add(UpstreamMetric.CONNECT_FAILURES, 1);
    }

    /** A request took a pooled connection. */
    public void reuse() {
        add(UpstreamMetric.REUSES, 1);
    }

    /** A request began to wait for a connection. */
    public void poolWait() {
        add(UpstreamMetric.POOL_WAITS, 1);
    }

    /** A request waited for a connection in vain. */
    public void poolTimeout() {
        add(UpstreamMetric.POOL_TIMEOUTS, 1);
    }

    /** A request left a shared connection before it was answered. */
    public void moved() {
        add(UpstreamMetric.MOVES, 1);
    }

    /** A request is tried again. */
    public void retry() {
        add(UpstreamMetric.RETRIES, 1);
    }

    /** The number of connections that carry a request changed. */
    public void active(int delta) {
        add(UpstreamMetric.CONNECTIONS_ACTIVE, delta);
    }

    /** The number of idle pooled connections changed. */
    public void idle(int delta) {
        add(UpstreamMetric.CONNECTIONS_IDLE, delta);
    }

    private void add(UpstreamMetric metric, long delta) {
        values.addLongOpaque(offsets[metric.ordinal()], delta);
    }
}
