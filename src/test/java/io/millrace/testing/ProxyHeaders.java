package io.millrace.testing;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Writes PROXY headers, right and wrong ones, with no code of the product; owned by no thread (pure
 * functions).
 */
public final class ProxyHeaders {
    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10};

    private ProxyHeaders() {}

    public static byte[] line(String text) {
        return (text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A header of version 2: command and family byte, then everything that its length counts. */
    public static byte[] binary(int command, int family, byte[]... block) {
        byte[] rest = joined(block);
        byte[] fixed = {
            (byte) command, (byte) family, (byte) (rest.length >>> 8), (byte) rest.length
        };
        return joined(SIGNATURE, fixed, rest);
    }

    /** The addresses and ports of a TCP connection. */
    public static byte[] tcp(String from, int fromPort, String to, int toPort) {
        byte[] ports =
                ByteBuffer.allocate(4).putShort((short) fromPort).putShort((short) toPort).array();
        return joined(address(from), address(to), ports);
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    public static byte[] value(int type, byte... content) {
        return joined(
                new byte[] {(byte) type, (byte) (content.length >>> 8), (byte) content.length},
                content);
    }

    /** A checksum value whose sum {@link #summed} fills in. */
    public static byte[] emptyChecksum() {
        return value(3, new byte[4]);
    }

    /** The header with the right sum in its last four bytes. */
    public static byte[] summed(byte[] header) {
        CRC32C sum = new CRC32C();
        sum.update(header, 0, header.length);
        byte[] result = header.clone();
        ByteBuffer.wrap(result).putInt(header.length - 4, (int) sum.getValue());
        return result;
    }

    public static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
