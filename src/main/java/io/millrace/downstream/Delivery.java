package io.millrace.downstream;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.Sockets;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;

/**
 * What a client has still to take of what it was answered: as long as it goes on taking, it is
 * neither idle nor late; owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class Delivery implements ChannelFutureListener {
    private final ClientConnection connection;
    private final Channel channel;
    private long leftBytes;
    private boolean awaited;

    Delivery(ClientConnection connection, Channel channel) {
        this.connection = connection;
        this.channel = channel;
    }

    /** Remembers how much is left now. */
    void mark() {
        leftBytes = Sockets.pendingBytes(channel);
    }

    /** Whether something is left, but less than at the mark. */
    boolean goesOn() {
        long now = Sockets.pendingBytes(channel);
        return now > 0 && now < leftBytes;
    }

    /**
     * Whether the client is waited for to take what is left, with the connection's time-out for
     * that: anew, or still because it goes on. Costs a promise when it begins.
     */
    boolean keepWaiting() {
        if (Sockets.pendingBytes(channel) == 0) {
            return false;
        }
        boolean worthIt = !awaited || goesOn();
        connection.armBodyTimeout();
        if (!awaited) {
            awaited = true;
            connection.channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this);
        }
        return worthIt;
    }

    @Override
    public void operationComplete(ChannelFuture written) {
        awaited = false;
        connection.onDelivered();
    }
}
