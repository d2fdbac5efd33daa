package io.millrace.relay;

import io.millrace.relay.PipePool.Pipe;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.Readiness;
import io.millrace.transport.SystemCalls;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes from one socket through a pipe into another by splice(2), without ever seeing them;
 * owned by one shard, used again for later bodies.
 *
 * <p>The pipe is emptied before it is filled again, so what was taken from the source is never more
 * than one pipe ahead of what the sink took.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class SplicePump {
    /** A length that only the end of the source's input ends. */
    public static final long UNTIL_END = Long.MAX_VALUE;

    /**
     * Bytes that one call moves before it gives way to the other work of the turn: at 3 GB/s about
     * 0.2 ms.
     */
    private static final long TURN_BYTES = 512 * 1024;

    /** More than a pipe takes: its size is the bound. */
    private static final long PIPE_FILL_BYTES = 1L << 30;

    private final SystemCalls calls;
    private final PipePool pipes;
    private final Owner owner;
    private @Nullable Pipe pipe;
    private @Nullable Readiness source;
    private @Nullable Readiness sink;
    private int sourceFd;
    private int sinkFd;
    private long remaining;
    private boolean sourceEnded;
    private boolean moved;

    /** Makes an idle pump. */
    public SplicePump(SystemCalls calls, PipePool pipes, Owner owner) {
        this.calls = calls;
        this.pipes = pipes;
        this.owner = owner;
    }

    /** How a pump's work ended; owned by no thread (constants). */
    public enum End {
        /** All that was to be moved is in the sink. */
        COMPLETE,
        /** The source's input ended; what came before is in the sink. */
        SOURCE_ENDED,
        /** Reading failed; what came before is in the sink. */
        SOURCE_FAILED,
        SINK_FAILED,
        /** These cannot be spliced: copy what the owner's rest buffer and the source have. */
        UNSUPPORTED
    }

    /** Whose bytes are moved; called on the shard's thread. */
    public interface Owner {
        /** So many bytes went into the sink. */
        void onMoved(long bytes);

        /** Nothing can be done before the source has more, or before the sink takes more. */
        void onWait(boolean forSink);

        /**
         * A buffer for what was taken from the source and could not be given to the sink, before
         * the end with UNSUPPORTED; it stays the owner's.
         */
        ByteBuf restBuffer();

        /** The work is over; the pump can be started again. */
        void onPumpEnd(End end);
    }

    /** Makes the two sides' readiness; on behalf of whoever knows the channels. */
    @FunctionalInterface
    public interface Watch {
        /** Watches a descriptor. */
        Readiness of(int fd, Readiness.Listener listener);
    }

    /** Whether a pipe and the descriptors to watch could be had; if not, nothing was started. */
    public boolean start(int from, int to, long length, Watch watch) {
        Pipe taken = pipes.take();
        if (taken == null) {
            return false;
        }
        pipe = taken;
        sourceFd = from;
        sinkFd = to;
        remaining = length;
        sourceEnded = false;
        moved = false;
        try {
            source = watch.of(from, this::onReady);
            sink = watch.of(to, this::onReady);
        } catch (IllegalStateException _) {
            // No descriptor is left to watch with: copying needs none.
            stop();
            return false;
        }
        pump();
        return true;
    }

    /** Whether it is at work. */
    public boolean isRunning() {
        return pipe != null;
    }

    /** Takes no more from the source; ends as COMPLETE when the sink has what is in the pipe. */
    public void finish() {
        if (pipe != null) {
            remaining = 0;
            pump();
        }
    }

    /** Stops at once, without a word to the owner; bytes in the pipe are lost. */
    public void abort() {
        stop();
    }

    /** Takes out of the pipe what was taken from the source and not given to the sink. */
    private void recover(Pipe from, ByteBuf into) {
        into.ensureWritable((int) from.held);
        while (from.held > 0) {
            long read =
                    calls.read(from.readEnd, into.memoryAddress() + into.writerIndex(), from.held);
            if (read <= 0) {
                return;
            }
            into.writerIndex(into.writerIndex() + (int) read);
            from.held -= read;
        }
    }

    private void onReady(int mask) {
        pump();
    }

    private void pump() {
        Pipe through = pipe;
        if (through == null) {
            return;
        }
        long budget = TURN_BYTES;
        while (true) {
            if (through.held > 0) {
                long out = calls.splice(through.readEnd, sinkFd, through.held);
                if (out > 0) {
                    through.held -= out;
                    moved = true;
                    owner.onMoved(out);
                } else if (out == -SystemCalls.EAGAIN) {
                    awaitSink();
                    return;
                } else if (out != -SystemCalls.EINTR) {
                    end(isUnsupported(out) ? End.UNSUPPORTED : End.SINK_FAILED);
                    return;
                }
                if (pipe != through) {
                    return;
                }
            } else if (remaining == 0) {
                end(End.COMPLETE);
                return;
            } else if (sourceEnded) {
                end(End.SOURCE_ENDED);
                return;
            } else if (budget <= 0) {
                // Readable still, most likely: the loop comes back after everybody else's turn.
                Objects.requireNonNull(source).await(Readiness.READABLE);
                return;
            } else {
                long in =
                        calls.splice(
                                sourceFd, through.writeEnd, Math.min(remaining, PIPE_FILL_BYTES));
                if (in > 0) {
                    through.held += in;
                    budget -= in;
                    remaining -= remaining == UNTIL_END ? 0 : in;
                } else if (in == 0) {
                    sourceEnded = true;
                } else if (in == -SystemCalls.EAGAIN) {
                    awaitSource();
                    return;
                } else if (in != -SystemCalls.EINTR) {
                    end(isUnsupported(in) && !moved ? End.UNSUPPORTED : End.SOURCE_FAILED);
                    return;
                }
            }
        }
    }

    private void awaitSink() {
        Objects.requireNonNull(sink).await(Readiness.WRITABLE);
        owner.onWait(true);
    }

    private void awaitSource() {
        Objects.requireNonNull(source).await(Readiness.READABLE);
        owner.onWait(false);
    }

    private static boolean isUnsupported(long result) {
        return result == -SystemCalls.EINVAL
                || result == -SystemCalls.ENOSYS
                || result == -SystemCalls.EOPNOTSUPP;
    }

    private void end(End end) {
        Pipe used = pipe;
        if (end == End.UNSUPPORTED && used != null) {
            recover(used, owner.restBuffer());
        }
        stop();
        owner.onPumpEnd(end);
    }

    private void stop() {
        closeReadiness();
        Pipe used = pipe;
        if (used != null) {
            pipe = null;
            pipes.giveBack(used);
        }
    }

    private void closeReadiness() {
        if (source != null) {
            source.close();
            source = null;
        }
        if (sink != null) {
            sink.close();
            sink = null;
        }
    }
}
