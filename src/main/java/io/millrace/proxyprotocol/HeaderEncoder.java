package io.millrace.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the header that opens a connection to an origin; owned by no thread (pure functions).
 *
 * <p>A client without an IP address is announced as UNKNOWN (version 1) or UNSPEC (version 2),
 * never as LOCAL: the connection is made for somebody else, and its origin must not take this proxy
 * for the client.
 */
public final class HeaderEncoder {
    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private HeaderEncoder() {}

    /** A header in a buffer of its own, which belongs to the caller. */
    public static ByteBuf encode(
            SentVersion version, ClientAddresses client, ByteBufAllocator allocator) {
        ByteBuf out = allocator.directBuffer(TextHeader.LONGEST);
        InetSocketAddress source = client.source();
        InetSocketAddress destination = client.destination();
        switch (version) {
            case V1 -> text(out, source, destination);
            case V2 -> binary(out, source, destination);
            case OFF -> {}
        }
        return out;
    }

    private static void text(
            ByteBuf out,
            @Nullable InetSocketAddress source,
            @Nullable InetSocketAddress destination) {
        StringBuilder line = new StringBuilder(TextHeader.LONGEST).append("PROXY ");
        if (source == null || destination == null) {
            line.append("UNKNOWN");
        } else {
            int size = commonSize(source, destination);
            line.append(size == V4_BYTES ? "TCP4 " : "TCP6 ")
                    .append(text(sized(source, size)))
                    .append(' ')
                    .append(text(sized(destination, size)))
                    .append(' ')
                    .append(source.getPort())
                    .append(' ')
                    .append(destination.getPort());
        }
        out.writeCharSequence(line.append("\r\n"), StandardCharsets.US_ASCII);
    }

    private static String text(byte[] address) {
        if (address.length == V4_BYTES) {
            return NetUtil.bytesToIpAddress(address);
        }
        try {
            // By way of the class, which keeps a mapped address one of IPv6.
            return NetUtil.toAddressString(Inet6Address.getByAddress(null, address, -1));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void binary(
            ByteBuf out,
            @Nullable InetSocketAddress source,
            @Nullable InetSocketAddress destination) {
        out.writeBytes(BinaryLayout.signature());
        out.writeByte(BinaryLayout.PROXY);
        if (source == null || destination == null) {
            out.writeByte(BinaryLayout.UNSPEC);
            out.writeShort(0);
            return;
        }
        int size = commonSize(source, destination);
        byte family = size == V4_BYTES ? BinaryLayout.TCP_V4 : BinaryLayout.TCP_V6;
        out.writeByte(family);
        out.writeShort(BinaryLayout.addressBytes(family));
        out.writeBytes(sized(source, size));
        out.writeBytes(sized(destination, size));
        out.writeShort(source.getPort());
        out.writeShort(destination.getPort());
    }

    /** Both addresses of a header are of one family: IPv4 where both are, mapped ones included. */
    private static int commonSize(InetSocketAddress source, InetSocketAddress destination) {
        return plain(source).length == V4_BYTES && plain(destination).length == V4_BYTES
                ? V4_BYTES
                : V6_BYTES;
    }

    private static byte[] sized(InetSocketAddress socket, int size) {
        byte[] plain = plain(socket);
        if (plain.length == size) {
            return plain;
        }
        byte[] mapped = Arrays.copyOf(MAPPED, V6_BYTES);
        System.arraycopy(plain, 0, mapped, MAPPED.length, V4_BYTES);
        return mapped;
    }

    private static byte[] plain(InetSocketAddress socket) {
        byte[] address = socket.getAddress().getAddress();
        boolean mapped =
                address.length == V6_BYTES
                        && Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
        return mapped ? Arrays.copyOfRange(address, MAPPED.length, V6_BYTES) : address;
    }
}
