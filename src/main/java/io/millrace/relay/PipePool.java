package io.millrace.relay;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.SystemCalls;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of one shard, through which bodies pass inside the kernel; owned by one shard.
 *
 * <p>A pipe comes back empty or not at all, so nobody finds another's bytes in it.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class PipePool {
    /**
     * What F_SETPIPE_SZ is asked for, bytes; decision 0009 has the figures. A kernel that grants
     * less (fs.pipe-user-pages-soft) is left with what it gave.
     */
    public static final int PIPE_BYTES = 256 * 1024;

    private final SystemCalls calls;
    private int maximum;
    private final ArrayDeque<Pipe> free = new ArrayDeque<>();
    private int inUse;

    /** An empty pool, out of which this many pipes may be at a time. */
    public PipePool(SystemCalls calls, int maximum) {
        this.calls = calls;
        this.maximum = maximum;
    }

    /** Changes the bound; pipes that are out stay out. */
    public void maximum(int pipes) {
        maximum = pipes;
    }

    /** Two descriptors and what lies between them; owned by one shard. */
    static final class Pipe extends Conduit {
        private final int readEnd;
        private final int writeEnd;

        Pipe(int readEnd, int writeEnd) {
            this.readEnd = readEnd;
            this.writeEnd = writeEnd;
        }

        @Override
        long fill(SystemCalls calls, int source, long most) {
            long in = calls.splice(source, writeEnd, most);
            held += Math.max(0, in);
            return in;
        }

        @Override
        long drain(SystemCalls calls, int sink) {
            long out = calls.splice(readEnd, sink, held);
            held -= Math.max(0, out);
            return out;
        }

        /** Takes out what is held, into user space. */
        void recover(SystemCalls calls, ByteBuf into) {
            into.ensureWritable((int) held);
            while (held > 0) {
                long read = calls.read(readEnd, into.memoryAddress() + into.writerIndex(), held);
                if (read <= 0) {
                    return;
                }
                into.writerIndex(into.writerIndex() + (int) read);
                held -= read;
            }
        }
    }

    /** Whether fewer are out than may be. */
    public boolean hasRoom() {
        return inUse < maximum;
    }

    /** A pipe, or null when there are as many as may be, or no more descriptors. */
    @Nullable Pipe take() {
        if (!hasRoom()) {
            return null;
        }
        Pipe pipe = free.pollLast();
        if (pipe == null) {
            long ends = calls.pipe();
            if (ends < 0) {
                return null;
            }
            pipe = new Pipe((int) ends, (int) (ends >>> 32));
            calls.setPipeSize(pipe.writeEnd, PIPE_BYTES);
        }
        inUse++;
        return pipe;
    }

    /** Takes a pipe back. */
    void giveBack(Pipe pipe) {
        inUse--;
        if (pipe.held == 0 && inUse + free.size() < maximum) {
            free.addLast(pipe);
        } else {
            close(pipe);
        }
    }

    /** Pipes that are out. */
    public int inUse() {
        return inUse;
    }

    /** Closes the pipes that are not in use. */
    public void close() {
        while (!free.isEmpty()) {
            close(free.pollLast());
        }
    }

    private void close(Pipe pipe) {
        calls.close(pipe.readEnd);
        calls.close(pipe.writeEnd);
    }
}
