package io.millrace.filter.access;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network as 128 bits and a prefix length; used by the conductor, immutable.
 *
 * <p>An IPv4 network is the one of its IPv4-mapped addresses (RFC 4291, section 2.5.5.2): {@code
 * 10.0.0.0/8} and {@code ::ffff:10.0.0.0/104} are the same.
 *
 * @param high the first eight bytes, the first byte highest
 * @param low the last eight bytes
 * @param prefixLength 0 to 128; bits behind it are zero
 */
@OwnedBy(Role.CONDUCTOR)
record Network(long high, long low, int prefixLength) {
    /** Where all IPv4 addresses are. */
    static final Network IPV4 = new Network(0, 0xffff_0000_0000L, 96);

    private static final int BITS = 128;
    private static final int IPV4_BITS = 32;
    private static final int LONGEST = 45;
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern IPV4_TEXT = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6_TEXT = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");

    /** {@link IllegalArgumentException} says what is wrong and what would be right. */
    Network {
        if (prefixLength < 0 || prefixLength > BITS) {
            throw new IllegalArgumentException(
                    "a prefix of " + prefixLength + " bits; it must be from 0 to " + BITS);
        }
        long highHost = high & ~highMask(prefixLength);
        long lowHost = low & ~lowMask(prefixLength);
        if ((highHost | lowHost) != 0) {
            throw new IllegalArgumentException(hostBits(high, low, prefixLength));
        }
    }

    /** Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address. */
    static Network parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean ipv4 = IPV4_TEXT.matcher(address).matches();
        byte[] bytes = ipv4 ? ipv4(address) : ipv6(address);
        if (bytes == null) {
            throw new IllegalArgumentException(
                    quote(text)
                            + " is not a network; write an address and a prefix length, for"
                            + " instance 10.0.0.0/8 or 2001:db8::/32");
        }
        int most = ipv4 ? IPV4_BITS : BITS;
        int prefix = slash < 0 ? most : prefix(text, text.substring(slash + 1), most);
        ByteBuffer words = ByteBuffer.wrap(bytes);
        return new Network(words.getLong(), words.getLong(), BITS - most + prefix);
    }

    /** The last address's first eight bytes. */
    long lastHigh() {
        return high | ~highMask(prefixLength);
    }

    /** The last address's last eight bytes. */
    long lastLow() {
        return low | ~lowMask(prefixLength);
    }

    @Override
    public String toString() {
        return text(high, low, prefixLength);
    }

    private static String hostBits(long high, long low, int prefix) {
        String network = text(high & highMask(prefix), low & lowMask(prefix), prefix);
        return text(high, low, prefix)
                + " has bits set behind its prefix; write "
                + network
                + " for the network, or "
                + text(high, low, BITS)
                + " for the one address";
    }

    private static String text(long high, long low, int prefix) {
        boolean ipv4 = prefix >= IPV4.prefixLength && high == 0 && low >>> IPV4_BITS == 0xffff;
        byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            // The JDK makes an IPv4 address of a mapped one, if it is not told otherwise.
            InetAddress address =
                    ipv4
                            ? InetAddress.getByAddress(bytes)
                            : Inet6Address.getByAddress(null, bytes, -1);
            // RFC 5952 form.
            return NetUtil.toAddressString(address)
                    + '/'
                    + (ipv4 ? prefix - IPV4.prefixLength : prefix);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an address", e);
        }
    }

    private static int prefix(String text, String digits, int most) {
        int prefix = NUMBER.matcher(digits).matches() ? Integer.parseInt(digits) : -1;
        if (prefix < 0 || prefix > most) {
            throw new IllegalArgumentException(
                    quote(text)
                            + " is not a network; the prefix length must be a number from 0 to "
                            + most);
        }
        return prefix;
    }

    private static byte[] ipv4(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(16).putLong(0).putInt(0xffff);
        for (String octet : text.split("\\.", -1)) {
            bytes.put((byte) Integer.parseInt(octet));
        }
        return bytes.array();
    }

    private static byte @Nullable [] ipv6(String text) {
        if (text.length() > LONGEST || !IPV6_TEXT.matcher(text).matches()) {
            return null;
        }
        try {
            InetAddress address = Inet6Address.ofLiteral(text);
            byte[] bytes = address.getAddress();
            // The JDK makes an IPv4 address of a mapped one.
            return bytes.length == 16 ? bytes : ipv4(address.getHostAddress());
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static long highMask(int prefix) {
        return prefix == 0 ? 0 : -1L << Math.max(0, Long.SIZE - prefix);
    }

    private static long lowMask(int prefix) {
        return prefix <= Long.SIZE ? 0 : -1L << (BITS - prefix);
    }

    private static String quote(String text) {
        return '"' + text + '"';
    }
}
