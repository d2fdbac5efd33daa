package io.millrace.http;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.Words;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Checks {@code host [":" port]} (RFC 9110, section 7.2; RFC 3986, section 3.2); owned by no thread
 * (pure functions).
 *
 * <p>Narrower than the grammar where nobody resolves the name and two parsers may differ: no
 * percent escapes, no comma, no user information.
 */
@HotPath
public final class Authority {
    /** Result for an authority that is refused. */
    public static final int INVALID = -1;

    private static final int LARGEST_PORT = 65535;

    private Authority() {}

    /**
     * The length of the host within the authority, the brackets of an IPv6 literal included, or
     * {@link #INVALID}.
     */
    public static int hostLength(UnsafeBuffer bytes, int offset, int length) {
        int end = offset + length;
        int hostEnd =
                length > 0 && bytes.getByte(offset) == '['
                        ? literalEnd(bytes, offset, end)
                        : nameEnd(bytes, offset, end);
        if (hostEnd == offset) {
            return INVALID;
        }
        return hostEnd == end || isPort(bytes, hostEnd, end) ? hostEnd - offset : INVALID;
    }

    private static int nameEnd(UnsafeBuffer bytes, int offset, int end) {
        int pos = plainEnd(bytes, offset, end);
        while (pos < end && Ascii.isHost(bytes.getByte(pos))) {
            pos++;
        }
        return pos;
    }

    /** Eight bytes at once while they are letters, digits, dashes and dots, as they mostly are. */
    private static int plainEnd(UnsafeBuffer bytes, int from, int end) {
        int last = bytes.capacity() - Long.BYTES;
        int pos = from;
        while (pos < end && pos <= last) {
            long marks = Words.notHostName(Words.load(bytes, pos));
            if (marks != 0) {
                return Math.min(end, pos + Words.first(marks));
            }
            pos += Long.BYTES;
        }
        return Math.min(end, pos);
    }

    /** The index after the closing bracket, or {@code offset} when the literal is malformed. */
    private static int literalEnd(UnsafeBuffer bytes, int offset, int end) {
        int pos = offset + 1;
        while (pos < end && bytes.getByte(pos) != ']') {
            pos++;
        }
        return pos < end && Ipv6.isValid(bytes, offset + 1, pos) ? pos + 1 : offset;
    }

    /**
     * Whether a colon and at most 65535 in digits fill [from, end); RFC 3986 allows no digits at
     * all.
     */
    private static boolean isPort(UnsafeBuffer bytes, int from, int end) {
        if (bytes.getByte(from) != ':') {
            return false;
        }
        int port = 0;
        for (int pos = from + 1; pos < end; pos++) {
            byte b = bytes.getByte(pos);
            if (!Ascii.isDigit(b)) {
                return false;
            }
            port = port * 10 + (b - '0');
            if (port > LARGEST_PORT) {
                return false;
            }
        }
        return true;
    }
}
