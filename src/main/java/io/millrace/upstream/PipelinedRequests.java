package io.millrace.upstream;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The requests on a shared connection that are not answered yet, in the order in which they were
 * written; owned by one shard.
 *
 * <p>What was written is kept until the answer has begun, for a request that is not answered goes
 * to another connection. Requests of one turn lie in one buffer, which is retained once for all of
 * them.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class PipelinedRequests {
    private final @Nullable ResponseSink[] sinks;
    private final @Nullable ByteBuf[] buffers;
    private final int[] offsets;
    private final int[] lengths;
    private final boolean[] heads;
    private final long[] begunNs;
    private final int mask;
    private final int depth;
    private int first;
    private int size;
    private int unsent;

    PipelinedRequests(int depth) {
        int slots = Integer.highestOneBit(Math.max(1, depth * 2 - 1));
        this.depth = depth;
        this.mask = slots - 1;
        this.sinks = new ResponseSink[slots];
        this.buffers = new ByteBuf[slots];
        this.offsets = new int[slots];
        this.lengths = new int[slots];
        this.heads = new boolean[slots];
        this.begunNs = new long[slots];
    }

    boolean isEmpty() {
        return size == 0;
    }

    boolean isFull() {
        return size == depth;
    }

    int size() {
        return size;
    }

    /** Begins a request; {@link #written} says where its bytes are. */
    void add(ResponseSink sink, boolean isHead, long nowNs) {
        int slot = (first + size) & mask;
        sinks[slot] = sink;
        heads[slot] = isHead;
        begunNs[slot] = nowNs;
        lengths[slot] = 0;
        size++;
        unsent++;
    }

    /** The bytes of the request begun last: from {@code offset} to the buffer's writer index. */
    void written(ByteBuf buffer, int offset) {
        int slot = (first + size - 1) & mask;
        offsets[slot] = offset;
        lengths[slot] = buffer.writerIndex() - offset;
        buffers[slot] = buffer;
        if (size == 1 || buffers[(slot - 1) & mask] != buffer) {
            buffer.retain();
        }
    }

    /** All that was written has left: from now on it may be answered. */
    void onSent() {
        unsent = 0;
    }

    /** How many have not left yet. */
    int unsent() {
        return unsent;
    }

    /** Whether the first may be answered, for it was sent. */
    boolean isFirstSent() {
        return size > unsent;
    }

    @Nullable ResponseSink firstSink() {
        return sinks[first];
    }

    boolean isFirstHead() {
        return heads[first];
    }

    /** When the first was begun; only while there is one. */
    long firstBegunNs() {
        return begunNs[first];
    }

    /** A copy of what was written for the first; belongs to the caller. */
    ByteBuf copyFirst() {
        return copy(first);
    }

    /** Whether the first has been written at all. */
    boolean isFirstWritten() {
        return lengths[first] > 0;
    }

    /** Puts another sink in the place of one that gave up; whether it was there. */
    boolean replace(ResponseSink gone, ResponseSink by) {
        for (int i = 0; i < size; i++) {
            int slot = (first + i) & mask;
            if (sinks[slot] == gone) {
                sinks[slot] = by;
                return true;
            }
        }
        return false;
    }

    /** Takes the first out. */
    void removeFirst() {
        ByteBuf written = buffers[first];
        buffers[first] = null;
        sinks[first] = null;
        unsent = Math.min(unsent, size - 1);
        size--;
        first = (first + 1) & mask;
        if (written != null && (size == 0 || buffers[first] != written)) {
            written.release();
        }
    }

    /** Lets go of what was written for the first, which will not be sent again. */
    void forgetFirst() {
        ByteBuf written = buffers[first];
        buffers[first] = null;
        lengths[first] = 0;
        if (written != null && (size == 1 || buffers[(first + 1) & mask] != written)) {
            written.release();
        }
    }

    /** Whether the one behind the first may be answered, for it was sent. */
    boolean isSecondSent() {
        return size - unsent > 1;
    }

    @Nullable ResponseSink lastSink() {
        return sinks[last()];
    }

    /** A copy of what was written for the last; belongs to the caller. */
    ByteBuf copyLast() {
        return copy(last());
    }

    /** Takes the last out. */
    void removeLast() {
        int slot = last();
        ByteBuf written = buffers[slot];
        buffers[slot] = null;
        sinks[slot] = null;
        unsent = Math.max(0, unsent - 1);
        size--;
        if (written != null && (size == 0 || buffers[last()] != written)) {
            written.release();
        }
    }

    private int last() {
        return (first + size - 1) & mask;
    }

    private ByteBuf copy(int slot) {
        ByteBuf written = buffers[slot];
        if (written == null) {
            throw new IllegalStateException("a request that was not written");
        }
        ByteBuf copy = written.alloc().directBuffer(lengths[slot]);
        return copy.writeBytes(written, offsets[slot], lengths[slot]);
    }
}
