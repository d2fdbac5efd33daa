package io.millrace.shard;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * Writes to one channel: whatever one turn produced for it leaves in one write at the turn's end;
 * owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class TurnWriter implements TurnTask {
    private final Shard shard;
    private final Channel channel;
    private boolean flushQueued;

    /** A writer to a channel of the shard's loop. */
    public TurnWriter(Shard shard, Channel channel) {
        this.shard = shard;
        this.channel = channel;
    }

    /** Takes bytes to send; the buffer now belongs to the channel. */
    public void write(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
        if (!flushQueued) {
            flushQueued = true;
            shard.atTurnEnd(this);
        }
    }

    @Override
    public void onTurnEnd() {
        flushQueued = false;
        channel.flush();
    }
}
