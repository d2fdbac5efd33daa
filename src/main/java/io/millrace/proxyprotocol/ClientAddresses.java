package io.millrace.proxyprotocol;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The two ends of a client's connection, for whom a header speaks; owned by one shard. */
public interface ClientAddresses {
    /** Where the client is, or null when it has no IP address. */
    @Nullable InetSocketAddress source();

    /** Where the client connected to, or null when that is no IP address. */
    @Nullable InetSocketAddress destination();
}
