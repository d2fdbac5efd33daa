package io.millrace.transport;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.channel.Channel;

/**
 * Whether a connection's channel is lent to someone who moves bytes between sockets, and whether
 * that works with it at all; owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class Loan {
    private final Channel channel;
    private boolean lent;
    private boolean refused;

    /** A channel that is not lent. */
    public Loan(Channel channel) {
        this.channel = channel;
    }

    /** Lends the channel: its connection reads nothing until the loan ends. */
    public Channel begin() {
        lent = true;
        return channel;
    }

    /** The channel is back, or coming back. */
    public void end() {
        lent = false;
    }

    /** Whether it is away. */
    public boolean isLent() {
        return lent;
    }

    /** It does not work with this channel. */
    public void refuse() {
        refused = true;
    }

    /** Whether it was found not to work. */
    public boolean isRefused() {
        return refused;
    }
}
