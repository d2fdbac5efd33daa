package io.millrace.downstream;

import io.netty.channel.ChannelHandler;

/**
 * A client's connection whose bytes are passed on unread; called on the owning shard's thread.
 *
 * <p>It begins when its handler sees the channel active and ends with {@link Listener#onClosed}.
 */
public interface ClientTunnel {
    /** What takes the client's bytes. */
    ChannelHandler handler();

    /** Ends it now, whatever is under way. */
    void cut();
}
