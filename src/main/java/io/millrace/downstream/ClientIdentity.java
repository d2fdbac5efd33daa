package io.millrace.downstream;

import io.millrace.proxyprotocol.ClientAddresses;
import io.millrace.proxyprotocol.ReceivedHeader;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.snapshot.CidrSet;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The client of a connection, worked out on its first request; owned by one shard.
 *
 * <p>It is the peer, unless a PROXY header has named another. A connection that never sends a
 * request pays nothing for it.
 */
@OwnedBy(Role.SHARD)
public final class ClientIdentity implements ClientAddresses {
    private static final byte[] UNIX = "unix".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] NO_ADDRESS = {};

    private final Channel channel;
    private @Nullable ReceivedHeader relayed;
    private byte @Nullable [] addressText;
    private byte @Nullable [] addressBytes;
    private byte @Nullable [] forwardingLines;
    private @Nullable CidrSet judgedBy;
    private boolean trusted;

    /** The identity of whoever is at the other end of the channel. */
    public ClientIdentity(Channel channel) {
        this.channel = channel;
    }

    /** Takes the client's addresses out of a header, before anybody has asked for them. */
    void onProxyHeader(ReceivedHeader header) {
        relayed = header.isRelayed() ? header : null;
    }

    @Override
    public @Nullable InetSocketAddress source() {
        return relayed == null ? ip(channel.remoteAddress()) : relayed.source();
    }

    @Override
    public @Nullable InetSocketAddress destination() {
        return relayed == null ? ip(channel.localAddress()) : relayed.destination();
    }

    private static @Nullable InetSocketAddress ip(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress socket ? socket : null;
    }

    /** The client's address in ASCII, without port or brackets; {@code unix} for a Unix socket. */
    public byte[] addressText() {
        byte[] text = addressText;
        if (text == null) {
            text = text();
            addressText = text;
        }
        return text;
    }

    /** The client's address, 4 or 16 bytes, not to be changed; none for a Unix socket. */
    public byte[] addressBytes() {
        addressText();
        byte[] bytes = addressBytes;
        return bytes == null ? NO_ADDRESS : bytes;
    }

    /** What was kept by {@link #keepForwardingLines}; null before. */
    public byte @Nullable [] forwardingLines() {
        return forwardingLines;
    }

    /** Keeps the field lines that name the client to origins, for its later requests. */
    public void keepForwardingLines(byte[] lines) {
        forwardingLines = lines;
    }

    private byte[] text() {
        InetSocketAddress source = source();
        if (source == null) {
            return UNIX;
        }
        InetAddress address = source.getAddress();
        addressBytes = address.getAddress();
        // RFC 5952 form, without a zone.
        return NetUtil.toAddressString(address).getBytes(StandardCharsets.US_ASCII);
    }

    /** The networks that {@link #isTrusted} was last asked about. */
    public CidrSet trustedProxies() {
        return judgedBy == null ? CidrSet.EMPTY : judgedBy;
    }

    /** Whether the client is one of the proxies whose forwarding fields are believed. */
    public boolean isTrusted(CidrSet trustedProxies) {
        if (trustedProxies.isEmpty()) {
            return false;
        }
        if (judgedBy != trustedProxies) {
            judgedBy = trustedProxies;
            addressText();
            trusted = addressBytes != null && trustedProxies.contains(addressBytes);
        }
        return trusted;
    }
}
