package io.millrace.downstream;

import io.netty.channel.Channel;

/**
 * Where a listener takes its tunnels from, if that is what its settings ask for; called on the
 * owning shard's thread.
 */
public interface Tunnels {
    /** A tunnel for a connection that has been accepted. */
    ClientTunnel open(Listener listener, Channel client, ClientIdentity identity);
}
