package io.millrace.observe;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Counts one shard's tunnels from one listener to one upstream, bytes as they pass; owned by one
 * shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class TunnelCounters {
    private final UnsafeBuffer values;
    private final int[] offsets = new int[TunnelMetric.count()];

    TunnelCounters(UnsafeBuffer values, CounterAllocator allocator, UnsafeBuffer label) {
        this.values = values;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = allocator.allocate(CounterType.TUNNEL + i, 0, 0, label);
        }
    }

    /** A tunnel has begun. */
    public void opened() {
        add(TunnelMetric.CONNECTIONS, 1);
        add(TunnelMetric.CONNECTIONS_ACTIVE, 1);
    }

    /** A tunnel has ended. */
    public void closed() {
        add(TunnelMetric.CONNECTIONS_ACTIVE, -1);
    }

    /** Bytes went from a client to an origin. */
    public void received(long bytes) {
        add(TunnelMetric.BYTES_RECEIVED, bytes);
    }

    /** Bytes went from an origin to a client. */
    public void sent(long bytes) {
        add(TunnelMetric.BYTES_SENT, bytes);
    }

    private void add(TunnelMetric metric, long delta) {
        values.addLongOpaque(offsets[metric.ordinal()], delta);
    }
}
