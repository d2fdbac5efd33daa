package io.millrace.stream;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;

/**
 * A relay through user space: reads a buffer, writes it, and reads no more while the sink holds too
 * much; owned by one shard.
 *
 * <p>What it holds is bounded by the sink's high-water mark and one read, and once the source has
 * half-closed by what the kernel had received till then: the transport then reads to the end
 * unasked.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class CopyRelay implements Relay {
    private final TunnelEnd source;
    private final TunnelEnd sink;
    private final Listener listener;
    private boolean sourceEnded;
    private boolean over;

    CopyRelay(TunnelEnd source, TunnelEnd sink, Listener listener) {
        this.source = source;
        this.sink = sink;
        this.listener = listener;
    }

    @Override
    public void start() {
        sink.flush();
        readMore();
    }

    @Override
    public void send(ByteBuf bytes) {
        if (over) {
            bytes.release();
            return;
        }
        int length = bytes.readableBytes();
        sink.write(bytes);
        listener.onMoved(this, length, false);
    }

    @Override
    public void onReadComplete() {
        if (!over) {
            sink.flush();
            readMore();
        }
    }

    @Override
    public void onSinkWritabilityChanged() {
        readMore();
    }

    private void readMore() {
        if (!over && !sourceEnded && sink.isWritable()) {
            source.read();
        }
    }

    @Override
    public void onSourceEnd() {
        if (sourceEnded) {
            return;
        }
        sourceEnded = true;
        if (!over) {
            sink.finish(this::onSinkEnd);
        }
    }

    private void onSinkEnd() {
        if (!over) {
            over = true;
            listener.onDone(this);
        }
    }

    @Override
    public void stop() {
        over = true;
    }

    @Override
    public boolean isSourceEnded() {
        return sourceEnded;
    }

    @Override
    public boolean isOver() {
        return over;
    }
}
