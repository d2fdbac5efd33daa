package io.millrace.observe;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.BufferUtil;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Takes log records from a shard to the {@link AccessLogWriter}; written by one shard, drained by
 * the writer's thread.
 *
 * <p>When it is full the event is counted as dropped: a slow disk costs log lines, never requests.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class AccessLogRing {
    /** Room for some 40 ms of one shard at 100,000 requests a second. */
    public static final int DEFAULT_CAPACITY = 1 << 21;

    private static final int ALIGNMENT = 128;

    private final OneToOneRingBuffer ring;
    private final ShardCounters counters;

    /**
     * Makes an empty ring.
     *
     * @param capacity bytes, a power of two
     */
    public AccessLogRing(int capacity, ShardCounters counters) {
        this.counters = counters;
        ring =
                new OneToOneRingBuffer(
                        new UnsafeBuffer(
                                BufferUtil.allocateDirectAligned(
                                        capacity + RingBufferDescriptor.TRAILER_LENGTH,
                                        ALIGNMENT)));
    }

    /** Hands an event over, unless the ring is full; its buffers may be released afterwards. */
    public boolean offer(AccessEvent event) {
        int index = ring.tryClaim(AccessRecord.TYPE, AccessRecord.lengthOf(event));
        if (index <= 0) {
            counters.add(ShardMetric.LOG_EVENTS_DROPPED, 1);
            return false;
        }
        encode(event, index);
        counters.add(ShardMetric.LOG_EVENTS, 1);
        return true;
    }

    private void encode(AccessEvent event, int index) {
        boolean encoded = false;
        try {
            AccessRecord.encode(event, ring.buffer(), index);
            encoded = true;
        } finally {
            if (encoded) {
                ring.commit(index);
            } else {
                ring.abort(index); // else the writer would wait behind this claim for ever
            }
        }
    }

    /** Gives at most so many records to the handler; called by the writer's thread alone. */
    int drain(MessageHandler handler, int limit) {
        return ring.read(handler, limit);
    }
}
