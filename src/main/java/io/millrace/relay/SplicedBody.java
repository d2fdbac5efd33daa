package io.millrace.relay;

import io.millrace.relay.SplicePump.End;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rest of one body on its way from one channel to another inside the kernel; owned by one
 * shard, used again for later bodies.
 *
 * <p>First the source's channel leaves its loop, then the sink's takes what was written to it
 * before, then the pump works, then the source's channel comes back. The sink's channel stays on
 * its loop throughout: nothing is written to it meanwhile.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class SplicedBody implements SplicePump.Owner {
    private final Splicing splicing;
    private final Owner owner;
    private final SplicePump pump;
    private State state = State.IDLE;
    private boolean inChunks;
    private @Nullable Channel source;
    private @Nullable Channel sink;
    private @Nullable ByteBuf rest;

    /** Grows with each use, so that what was asked for by an earlier one is not heard. */
    private int use;

    private enum State {
        IDLE,
        /** The source's channel leaves its loop. */
        DETACHING,
        /** The sink's channel takes what was written to it. */
        FLUSHING,
        PUMPING,
        /** The source's channel will come back as soon as it has left. */
        RETURNING,
        /** The pipe is emptied, the source's channel is back already. */
        FINISHING
    }

    /** Whose body it is; called on the shard's thread. */
    public interface Owner {
        /**
         * How many bytes of the body are still to be moved, {@link SplicePump#UNTIL_END} when only
         * the end of the input ends it: asked when the source's channel has left its loop.
         */
        long bytesToSplice();

        /** So many bytes of the body went into the sink. */
        void onSpliced(long bytes);

        /** So many bytes that are not the body's went into the sink, of a body in chunks. */
        void onSplicedFraming(long bytes);

        /** The body waits for the sink, or else for the source. */
        void onSpliceWait(boolean forSink);

        /**
         * It is over, the source's channel is back on its loop, and nothing is being read from it.
         *
         * @param rest what was taken from the source and could not be spliced on, to be sent first;
         *     not null for UNSUPPORTED only
         */
        void onSpliceEnd(End end, @Nullable ByteBuf rest);
    }

    /** Makes one for a body's owner. */
    public SplicedBody(Splicing splicing, Owner owner) {
        this.splicing = splicing;
        this.owner = owner;
        this.pump = new SplicePump(splicing.calls(), splicing.pipes(), this);
    }

    /** Whether it is at work. */
    public boolean isActive() {
        return state != State.IDLE;
    }

    /**
     * Whether the source's channel may still deliver bytes of its own, to be written to the sink.
     */
    public boolean isDetaching() {
        return state == State.DETACHING;
    }

    /**
     * Whether the sink was told of a chunk whose data it has not got, or not all; to be asked at
     * the end with UNSUPPORTED.
     */
    public boolean isInChunk() {
        return pump.isInChunk();
    }

    /**
     * Takes over a body from where nothing is read from its source any more.
     *
     * @param chunked whether the sink takes it in chunks, all but the last of which are made here
     */
    public void start(Channel from, Channel to, boolean chunked) {
        source = from;
        sink = to;
        inChunks = chunked;
        state = State.DETACHING;
        int current = ++use;
        Sockets.detach(
                from,
                done -> {
                    if (use == current) {
                        onDetached(done, to);
                    } else {
                        // Given up meanwhile: a channel that is half off its loop cannot go back.
                        attach(from);
                    }
                });
    }

    private void onDetached(ChannelFuture done, Channel to) {
        if (!done.isSuccess()) {
            end(End.UNSUPPORTED, Unpooled.EMPTY_BUFFER);
            return;
        }
        if (state == State.RETURNING) {
            attach(source());
            end(End.COMPLETE, null);
            return;
        }
        state = State.FLUSHING;
        int current = use;
        to.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(flushed -> {
                    if (use == current) {
                        onFlushed(flushed.isSuccess());
                    }
                });
    }

    private void onFlushed(boolean success) {
        if (!success) {
            attach(source());
            end(End.SINK_FAILED, null);
            return;
        }
        long length = owner.bytesToSplice();
        if (length == 0) {
            attach(source());
            end(End.COMPLETE, null);
            return;
        }
        if (!source().isOpen()) {
            // Its end was read before it was off its loop, which under io_uring closes a Unix
            // socket; it says so later. What it had is delivered, and its descriptor's number may
            // be that of another connection by now.
            end(End.SOURCE_ENDED, null);
            return;
        }
        state = State.PUMPING;
        boolean started =
                pump.start(
                        Sockets.descriptor(source()),
                        Sockets.descriptor(Objects.requireNonNull(sink)),
                        length,
                        inChunks,
                        splicing::watch);
        if (!started) {
            attach(source());
            end(End.UNSUPPORTED, Unpooled.EMPTY_BUFFER);
        }
    }

    /**
     * Takes no more from the source, whose channel comes back at once; the end comes when the sink
     * has all that was taken.
     */
    public void finish() {
        switch (state) {
            case DETACHING -> state = State.RETURNING;
            case FLUSHING -> {
                attach(source());
                end(End.COMPLETE, null);
            }
            case PUMPING -> {
                state = State.FINISHING;
                attach(source());
                pump.finish();
            }
            case IDLE, RETURNING, FINISHING -> {}
        }
    }

    /**
     * Stops at once, and the owner hears nothing more. The source's channel comes back, then or a
     * little later, unless it is closed first.
     */
    public void abort() {
        pump.abort();
        Channel from = source;
        boolean off = state == State.FLUSHING || state == State.PUMPING;
        use++;
        state = State.IDLE;
        source = null;
        sink = null;
        if (from != null && off) {
            attach(from);
        }
    }

    @Override
    public void onMoved(long bytes) {
        owner.onSpliced(bytes);
    }

    @Override
    public void onFramed(long bytes) {
        owner.onSplicedFraming(bytes);
    }

    @Override
    public void onWait(boolean forSink) {
        owner.onSpliceWait(forSink);
    }

    @Override
    public ByteBuf restBuffer() {
        ByteBuf made = source().alloc().directBuffer();
        rest = made;
        return made;
    }

    @Override
    public void onPumpEnd(End end) {
        ByteBuf recovered = rest;
        rest = null;
        if (state == State.PUMPING) {
            attach(source());
        }
        end(end, recovered);
    }

    private void attach(Channel back) {
        if (back.isOpen()) {
            splicing.attach(back);
        }
    }

    private void end(End end, @Nullable ByteBuf rest) {
        state = State.IDLE;
        source = null;
        sink = null;
        use++;
        owner.onSpliceEnd(end, rest);
    }

    private Channel source() {
        return Objects.requireNonNull(source, "source");
    }
}
