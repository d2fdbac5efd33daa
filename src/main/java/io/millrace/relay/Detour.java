package io.millrace.relay;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.SystemCalls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;

/**
 * The way through user space, for what was received before splicing began, and for everything where
 * splicing does not work; owned by one shard.
 *
 * <p>It has a buffer only while bytes are in it.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class Detour extends Conduit {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ArrayDeque<ByteBuf> buffers = new ArrayDeque<>(2);

    /** Adds bytes behind those that are held; the buffer, a direct one, now belongs here. */
    public void add(ByteBuf bytes) {
        if (bytes.isReadable()) {
            held += bytes.readableBytes();
            buffers.addLast(bytes);
        } else {
            bytes.release();
        }
    }

    /** Bytes that went in and did not come out. */
    public long heldBytes() {
        return held;
    }

    /** Gives everything to another one. */
    public void moveTo(Detour other) {
        while (!buffers.isEmpty()) {
            other.add(buffers.pollFirst());
        }
        held = 0;
    }

    /** Forgets what is held. */
    public void release() {
        held = 0;
        while (!buffers.isEmpty()) {
            buffers.pollFirst().release();
        }
    }

    /** Takes over what is left in a pipe. */
    void recover(SystemCalls calls, PipePool.Pipe pipe) {
        ByteBuf rest = ByteBufAllocator.DEFAULT.directBuffer((int) pipe.held);
        pipe.recover(calls, rest);
        add(rest);
    }

    @Override
    long fill(SystemCalls calls, int source, long most) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(BUFFER_BYTES);
        int room = (int) Math.min(most, BUFFER_BYTES);
        long in = calls.read(source, buffer.memoryAddress() + buffer.writerIndex(), room);
        if (in > 0) {
            buffer.writerIndex(buffer.writerIndex() + (int) in);
        }
        add(buffer);
        return in;
    }

    @Override
    long drain(SystemCalls calls, int sink) {
        ByteBuf first = buffers.getFirst();
        long address = first.memoryAddress() + first.readerIndex();
        long out = calls.send(sink, address, first.readableBytes(), false);
        if (out > 0) {
            held -= out;
            first.skipBytes((int) out);
            if (!first.isReadable()) {
                buffers.removeFirst().release();
            }
        }
        return out;
    }
}
