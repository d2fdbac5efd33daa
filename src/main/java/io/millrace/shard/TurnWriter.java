package io.millrace.shard;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Writes to one channel: whatever one turn produced for it leaves in one write at the turn's end;
 * owned by one shard.
 *
 * <p>Small messages are written into {@link #room}, one behind the other in one buffer, for a
 * buffer of its own costs a small message more than the copy.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class TurnWriter implements TurnTask {
    /** A batch grows with what its channel writes per turn, up to this. */
    private static final int MAXIMUM_BATCH_BYTES = 16 * 1024;

    private final Shard shard;
    private final Channel channel;
    private final boolean follows;
    private @Nullable ByteBuf batch;
    private int batchBytes;
    private int turnBytes;
    private boolean flushQueued;

    /** A writer to a channel of the shard's loop. */
    public TurnWriter(Shard shard, Channel channel) {
        this(shard, channel, false);
    }

    /**
     * A writer to a channel of the shard's loop.
     *
     * @param follows whether what it writes leaves after what others do, see {@link
     *     Shard#afterOthers}
     */
    public TurnWriter(Shard shard, Channel channel, boolean follows) {
        this.shard = shard;
        this.channel = channel;
        this.follows = follows;
    }

    /** Takes bytes to send; the buffer now belongs to the channel. */
    public void write(ByteBuf bytes) {
        push();
        channel.write(bytes, channel.voidPromise());
        queueFlush();
    }

    /**
     * A buffer with so much room at its writer index, for a message that leaves behind all that was
     * written before; it stays the writer's, and is good until the next call of any method here.
     */
    public ByteBuf room(int capacity) {
        ByteBuf open = batch;
        if (open != null && open.writableBytes() >= capacity) {
            return open;
        }
        push();
        ByteBuf next = channel.alloc().directBuffer(Math.max(capacity, batchBytes));
        batch = next;
        queueFlush();
        return next;
    }

    /** Gives all that was written to the channel; it leaves at the turn's end, as ever. */
    public void push() {
        ByteBuf full = batch;
        if (full != null) {
            batch = null;
            turnBytes += full.readableBytes();
            channel.write(full, channel.voidPromise());
        }
    }

    private void queueFlush() {
        if (!flushQueued) {
            flushQueued = true;
            if (follows) {
                shard.afterOthers(this);
            } else {
                shard.atTurnEnd(this);
            }
        }
    }

    @Override
    public void onTurnEnd() {
        flushQueued = false;
        push();
        batchBytes = Math.min(turnBytes + turnBytes / 4, MAXIMUM_BATCH_BYTES);
        turnBytes = 0;
        channel.flush();
    }
}
