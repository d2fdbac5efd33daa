package io.millrace.downstream;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.snapshot.CidrSet;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The peer of a client connection, worked out on its first request; owned by one shard.
 *
 * <p>A connection that never sends a request pays nothing for it.
 */
@OwnedBy(Role.SHARD)
public final class ClientIdentity {
    private static final byte[] UNIX = "unix".getBytes(StandardCharsets.US_ASCII);

    private final Channel channel;
    private byte @Nullable [] addressText;
    private byte @Nullable [] addressBytes;
    private @Nullable CidrSet judgedBy;
    private boolean trusted;

    ClientIdentity(Channel channel) {
        this.channel = channel;
    }

    /** The peer's address in ASCII, without port or brackets; {@code unix} for a Unix socket. */
    public byte[] addressText() {
        byte[] text = addressText;
        if (text == null) {
            text = text();
            addressText = text;
        }
        return text;
    }

    private byte[] text() {
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            return UNIX;
        }
        InetAddress address = remote.getAddress();
        addressBytes = address.getAddress();
        // RFC 5952 form, without a zone.
        return NetUtil.toAddressString(address).getBytes(StandardCharsets.US_ASCII);
    }

    /** The networks that {@link #isTrusted} was last asked about. */
    public CidrSet trustedProxies() {
        return judgedBy == null ? CidrSet.EMPTY : judgedBy;
    }

    /** Whether the peer is one of the proxies whose forwarding fields are believed. */
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
