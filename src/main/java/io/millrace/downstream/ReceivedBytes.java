package io.millrace.downstream;

import io.millrace.http.HeadLimits;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What a client has sent and nobody has consumed yet; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class ReceivedBytes {
    private @Nullable ByteBuf held;

    /**
     * Where its memory begins: asked for once per buffer, for the answer lies three objects deep,
     * and many heads may lie in one buffer.
     */
    private long base;

    private int scanned;

    /** Adds a received buffer, which now belongs here. */
    void add(ByteBuf in) {
        ByteBuf before = held;
        if (before == null) {
            hold(in);
            return;
        }
        if (before.refCnt() > 1) {
            // Slices of it are on their way to an origin: their memory must neither move nor be
            // written.
            ByteBuf copy = before.alloc().directBuffer(before.readableBytes() + in.readableBytes());
            copy.writeBytes(before);
            before.release();
            before = copy;
        } else if (before.writableBytes() < in.readableBytes()) {
            before.discardReadBytes();
        }
        before.writeBytes(in);
        in.release();
        // It may have grown, and moved.
        hold(before);
    }

    private void hold(ByteBuf bytes) {
        held = bytes;
        base = bytes.memoryAddress();
    }

    boolean isEmpty() {
        return held == null;
    }

    /** Whether there is anything to read. */
    boolean isReadable() {
        return held != null && held.isReadable();
    }

    int length() {
        return held == null ? 0 : held.readableBytes();
    }

    /** Where the unread bytes lie; only while there are any. */
    long address() {
        ByteBuf in = held;
        if (in == null) {
            throw new IllegalStateException("nothing is held");
        }
        return base + in.readerIndex();
    }

    /**
     * Passes over the first bytes; they stay readable where they lie until {@link
     * #releaseIfConsumed}.
     */
    void consume(int length) {
        ByteBuf in = held;
        if (in != null) {
            in.skipBytes(length);
        }
    }

    void releaseIfConsumed() {
        ByteBuf in = held;
        if (in != null && !in.isReadable()) {
            release();
        }
    }

    /** Splits off the first bytes; hands the whole buffer over where that is all of it. */
    ByteBuf take(int length) {
        ByteBuf in = held;
        if (in == null) {
            throw new IllegalStateException("nothing is held");
        }
        if (length == in.readableBytes()) {
            held = null;
            return in;
        }
        return in.readRetainedSlice(length);
    }

    /** Begins a new head: nothing of it has been looked at. */
    void startHead() {
        scanned = 0;
    }

    /** Remembers that the head was incomplete; whether that was found for the first time. */
    boolean onIncompleteHead() {
        boolean first = scanned == 0;
        scanned = length();
        return first;
    }

    /**
     * Whether parsing the head (again) can tell more than before: a line ended, or a limit was
     * passed. So a head that comes byte by byte is parsed once per line, not once per byte.
     */
    boolean isWorthParsing(HeadLimits limits) {
        ByteBuf in = held;
        if (in == null || scanned == 0) {
            return in != null;
        }
        int before = scanned;
        int length = in.readableBytes();
        scanned = length;
        int line = limits.requestLineBytes();
        return (before <= line && length > line)
                || length > limits.headBytes()
                || in.indexOf(in.readerIndex() + before, in.writerIndex(), (byte) '\n') >= 0;
    }

    void release() {
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
