package io.millrace.proxyprotocol;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** What a complete header says of the client; owned by one shard. */
@OwnedBy(Role.SHARD)
public final class ReceivedHeader implements ClientAddresses {
    private boolean relayed;
    private @Nullable InetSocketAddress source;
    private @Nullable InetSocketAddress destination;

    /**
     * Whether the addresses here take the place of the connection's own. They do not when the
     * sender speaks for itself (LOCAL) or does not know (UNKNOWN, UNSPEC).
     */
    public boolean isRelayed() {
        return relayed;
    }

    /** The client's address, null for a client of a Unix socket. */
    @Override
    public @Nullable InetSocketAddress source() {
        return source;
    }

    @Override
    public @Nullable InetSocketAddress destination() {
        return destination;
    }

    void relayed(byte[] from, int fromPort, byte[] to, int toPort) {
        relayed = true;
        source = socket(from, fromPort);
        destination = socket(to, toPort);
    }

    void relayedFromUnixSocket() {
        relayed = true;
    }

    private static InetSocketAddress socket(byte[] address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + address.length + " bytes", e);
        }
    }
}
