package io.millrace.stream;

import io.millrace.relay.Detour;
import io.millrace.relay.SplicePump;
import io.millrace.relay.SplicePump.End;
import io.millrace.relay.Splicing;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.SystemCalls;
import io.netty.buffer.ByteBuf;

/**
 * A relay inside the kernel, between sockets that are off their loop; owned by one shard.
 *
 * <p>Until they are it collects what they still deliver, which goes first.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class SpliceRelay implements Relay, SplicePump.Owner {
    private final TunnelSplice splice;
    private final TunnelEnd source;
    private final TunnelEnd sink;
    private final Listener listener;
    private final Detour detour = new Detour();
    private final SplicePump pump;
    private boolean sourceEnded;
    private boolean over;

    /** Bytes in user space that were counted when they came. */
    private long countedBytes;

    /** Takes over from a relay with nothing under way. */
    SpliceRelay(TunnelSplice splice, TunnelEnd source, TunnelEnd sink, Relay before, Listener to) {
        this.splice = splice;
        this.source = source;
        this.sink = sink;
        this.listener = to;
        this.sourceEnded = before.isSourceEnded();
        this.over = before.isOver();
        Splicing splicing = splice.splicing();
        this.pump = new SplicePump(splicing.calls(), splicing.pipes(), this, detour);
    }

    /** Whether there are descriptors to watch the sockets with. */
    boolean open() {
        return over || pump.open(source.fd(), sink.fd(), splice.splicing()::watch);
    }

    /** What the sink's channel was given and did not send comes before everything else. */
    @Override
    public void start() {
        if (over) {
            return;
        }
        Detour late = new Detour();
        detour.moveTo(late);
        sink.takeQueued(detour::add);
        countedBytes = detour.heldBytes();
        late.moveTo(detour);
        pump.start(sourceEnded ? 0 : SplicePump.UNTIL_END);
    }

    @Override
    public void send(ByteBuf bytes) {
        if (over) {
            bytes.release();
        } else {
            detour.add(bytes);
        }
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onSourceEnd() {
        sourceEnded = true;
    }

    @Override
    public void onSinkWritabilityChanged() {}

    /** Splicing does not work in the other direction, nor is it tried in this. */
    void takeDetour() {
        pump.takeDetour();
    }

    @Override
    public void stop() {
        over = true;
        pump.abort();
        detour.release();
    }

    @Override
    public boolean isSourceEnded() {
        return sourceEnded;
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public void onMoved(long bytes) {
        long known = Math.min(bytes, countedBytes);
        countedBytes -= known;
        listener.onMoved(this, bytes - known, !pump.isCopying());
    }

    @Override
    public void onWait(boolean forSink) {
        splice.countPipes();
    }

    @Override
    public ByteBuf restBuffer() {
        throw new IllegalStateException("a pump with a detour has no rest");
    }

    @Override
    public void onDetour() {
        splice.onDetour();
    }

    @Override
    public void onPumpEnd(End end) {
        splice.countPipes();
        switch (end) {
            case COMPLETE, SOURCE_ENDED -> finish();
            case SOURCE_FAILED, UNSUPPORTED -> splice.onFault(source);
            // The error says whether there may still be something to read, see Sockets.
            case SINK_FAILED -> {
                if (pump.failure() == SystemCalls.EPIPE) {
                    splice.onRefusal(sink);
                } else {
                    splice.onFault(sink);
                }
            }
        }
    }

    private void finish() {
        sourceEnded = true;
        if (sink.finishNow()) {
            over = true;
            listener.onDone(this);
        } else {
            splice.onFault(sink);
        }
    }
}
