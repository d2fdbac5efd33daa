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
 * than one pipe ahead of what the sink took. A pump with a {@link Detour} begins with the bytes in
 * it, goes on through it where splicing does not work or no pipe is left, and holds no pipe while
 * it waits for its source. Where the sink needs chunks, what fills the pipe once is one: its length
 * is known before its data is passed on, and it is ended before anything is waited for.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class SplicePump {
    /** A length that only the end of the source's input ends. */
    public static final long UNTIL_END = Long.MAX_VALUE;

    /** Bytes that one call moves before it gives way to the other work of the turn: one pipe. */
    private static final long TURN_BYTES = PipePool.PIPE_BYTES;

    /** More than a pipe takes: its size is the bound. */
    private static final long PIPE_FILL_BYTES = 1L << 30;

    /** A source that had less than this has no more: asking it again is a call in vain. */
    private static final long DRY_BYTES = 4 * 1024;

    private final SystemCalls calls;
    private final PipePool pipes;
    private final Owner owner;
    private final @Nullable Detour detour;
    private final ChunkFraming framing;
    private @Nullable Conduit conduit;
    private @Nullable Readiness source;
    private @Nullable Readiness sink;
    private int sourceFd;
    private int sinkFd;
    private long remaining;
    private long budget;
    private int failure;
    private boolean running;
    private boolean copying;
    private boolean sourceDry;
    private boolean sourceEnded;
    private boolean spliced;

    /** Makes an idle pump. */
    public SplicePump(SystemCalls calls, PipePool pipes, Owner owner) {
        this(calls, pipes, owner, null);
    }

    /** Makes an idle pump with another way than pipes; the detour stays the owner's. */
    public SplicePump(SystemCalls calls, PipePool pipes, Owner owner, @Nullable Detour detour) {
        this.calls = calls;
        this.pipes = pipes;
        this.owner = owner;
        this.detour = detour;
        this.framing = new ChunkFraming(calls);
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

        /** So many bytes of framing went into the sink, of a body in chunks. */
        default void onFramed(long bytes) {}

        /** Nothing can be done before the source has more, or before the sink takes more. */
        void onWait(boolean forSink);

        /**
         * A buffer for what was taken from the source and could not be given to the sink, before
         * the end with UNSUPPORTED; it stays the owner's.
         */
        ByteBuf restBuffer();

        /** From now on everything takes the detour. */
        default void onDetour() {}

        /** The work is over; the pump can be started again. */
        void onPumpEnd(End end);
    }

    /** Makes the two sides' readiness; on behalf of whoever knows the channels. */
    @FunctionalInterface
    public interface Watch {
        /** Watches a descriptor. */
        Readiness of(int fd, Readiness.Listener listener);
    }

    /**
     * Whether a pipe and the descriptors to watch could be had; if not, nothing was started.
     *
     * @param inChunks whether the sink takes the bytes in chunks; the last one, which is empty, is
     *     left to the owner
     */
    public boolean start(int from, int to, long length, boolean inChunks, Watch watch) {
        Pipe taken = pipes.take();
        if (taken == null) {
            return false;
        }
        conduit = taken;
        if (!open(from, to, watch)) {
            return false;
        }
        framing.begin(inChunks);
        start(length);
        return true;
    }

    /** Whether the descriptors to watch could be had; if not, nothing is held. */
    public boolean open(int from, int to, Watch watch) {
        sourceFd = from;
        sinkFd = to;
        try {
            source = watch.of(from, this::onReady);
            sink = watch.of(to, this::onReady);
            return true;
        } catch (IllegalStateException _) {
            // No descriptor is left to watch with: copying needs none.
            stop();
            return false;
        }
    }

    /** Begins, with what is in the detour, between descriptors that were opened. */
    public void start(long length) {
        remaining = length;
        sourceEnded = false;
        spliced = false;
        running = true;
        if (conduit == null) {
            conduit = detour;
        }
        pump();
    }

    /** Whether it is at work. */
    public boolean isRunning() {
        return running;
    }

    /** Whether bytes pass through user space now. */
    public boolean isCopying() {
        return conduit instanceof Detour;
    }

    /** The error number of the call that failed last. */
    public int failure() {
        return failure;
    }

    /** Takes no more from the source; ends as COMPLETE when the sink has what is in the pipe. */
    public void finish() {
        if (running) {
            remaining = 0;
            pump();
        }
    }

    /** Has everything take the detour from now on. */
    public void takeDetour() {
        copying = true;
    }

    /** Stops at once, without a word to the owner; bytes in the pipe are lost. */
    public void abort() {
        stop();
    }

    /**
     * Whether a chunk was announced to the sink whose data it has not got, or not all; after the
     * end as before.
     */
    public boolean isInChunk() {
        return framing.isOpen();
    }

    private void onReady(int mask) {
        pump();
    }

    private void pump() {
        budget = TURN_BYTES;
        sourceDry = false;
        boolean goesOn = running;
        while (goesOn) {
            Conduit full = conduit;
            if (framing.isPending()) {
                goesOn = writeFraming();
            } else if (full != null && full.held > 0) {
                goesOn = drain(full);
            } else if (remaining > 0 && budget > 0 && !sourceDry && !sourceEnded) {
                goesOn = fill(empty());
            } else {
                // Nobody should wait for the end of a chunk whose data is there.
                goesOn = framing.endChunk() || rest();
            }
        }
    }

    /** Takes nothing now, and has given everything; false. */
    private boolean rest() {
        if (remaining == 0) {
            end(End.COMPLETE);
        } else if (sourceEnded) {
            end(End.SOURCE_ENDED);
        } else if (sourceDry) {
            awaitSource();
        } else {
            // Only the turn is over: there is more in the source, most likely.
            if (detour != null) {
                releasePipe();
            }
            Objects.requireNonNull(source).assume(Readiness.READABLE);
        }
        return false;
    }

    /** Whether the sink took some of the framing, so that there may be more to do. */
    private boolean writeFraming() {
        long sent = framing.write(sinkFd);
        if (sent > 0) {
            owner.onFramed(sent);
            return running;
        }
        if (sent == -SystemCalls.EAGAIN) {
            awaitSink();
            return false;
        }
        return isOvercome(sent, null, End.SINK_FAILED);
    }

    /** Whether the sink took something, so that there may be more to do. */
    private boolean drain(Conduit full) {
        long out = full.drain(calls, sinkFd);
        if (out > 0) {
            spliced |= full instanceof Pipe;
            owner.onMoved(out);
            return running;
        }
        if (out == -SystemCalls.EAGAIN) {
            awaitSink();
            return false;
        }
        return isOvercome(out, full, End.SINK_FAILED);
    }

    /** Whether there may be more to do, if only because the source has ended. */
    private boolean fill(Conduit empty) {
        long in = empty.fill(calls, sourceFd, Math.min(remaining, PIPE_FILL_BYTES));
        if (in > 0) {
            budget -= in;
            sourceDry = in < DRY_BYTES;
            remaining -= remaining == UNTIL_END ? 0 : in;
            framing.beginChunk(in);
            return true;
        }
        if (in == 0) {
            sourceEnded = true;
            return true;
        }
        if (in == -SystemCalls.EAGAIN) {
            sourceDry = true;
            return true;
        }
        return isOvercome(in, empty, End.SOURCE_FAILED);
    }

    /** Whether to go on after an error. */
    private boolean isOvercome(long result, @Nullable Conduit through, End failed) {
        if (result == -SystemCalls.EINTR) {
            return true;
        }
        boolean unproven = failed == End.SINK_FAILED || !spliced;
        if (through instanceof Pipe pipe && unproven && isUnsupported(result)) {
            return evade(pipe);
        }
        failure = (int) -result;
        end(failed);
        return false;
    }

    /** What the next bytes pass through. */
    private Conduit empty() {
        Conduit known = conduit;
        if (known instanceof Pipe pipe && !copying) {
            return pipe;
        }
        releasePipe();
        Conduit next = copying ? null : pipes.take();
        if (next == null) {
            next = Objects.requireNonNull(detour, "a way without a pipe");
            if (!copying) {
                copying = true;
                owner.onDetour();
            }
        }
        conduit = next;
        return next;
    }

    /** Splicing does not work: goes on through the detour, if there is one. */
    private boolean evade(Pipe pipe) {
        Detour other = detour;
        if (other == null) {
            pipe.recover(calls, owner.restBuffer());
            stop();
            owner.onPumpEnd(End.UNSUPPORTED);
            return false;
        }
        other.recover(calls, pipe);
        releasePipe();
        conduit = other;
        copying = true;
        owner.onDetour();
        return running;
    }

    private void awaitSink() {
        Objects.requireNonNull(sink).await(Readiness.WRITABLE);
        owner.onWait(true);
    }

    private void awaitSource() {
        if (detour != null) {
            releasePipe();
        }
        Objects.requireNonNull(source).await(Readiness.READABLE);
        owner.onWait(false);
    }

    private static boolean isUnsupported(long result) {
        return result == -SystemCalls.EINVAL
                || result == -SystemCalls.ENOSYS
                || result == -SystemCalls.EOPNOTSUPP;
    }

    private void end(End end) {
        stop();
        owner.onPumpEnd(end);
    }

    private void stop() {
        running = false;
        closeReadiness();
        releasePipe();
        conduit = null;
    }

    private void releasePipe() {
        if (conduit instanceof Pipe pipe) {
            conduit = null;
            pipes.giveBack(pipe);
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
