package io.millrace.http;

import io.millrace.bytes.Ascii;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Checks an IPv6 address in text (RFC 3986, section 3.2.2; no zone); owned by no thread (pure
 * functions).
 */
@HotPath
final class Ipv6 {
    private static final int GROUPS = 8;
    private static final int GROUP_DIGITS = 4;

    private Ipv6() {}

    /** Whether [from, end) is an address. */
    static boolean isValid(UnsafeBuffer bytes, int from, int end) {
        int groups = 0;
        boolean compressed = false;
        int pos = from;
        if (isCompression(bytes, pos, end)) {
            compressed = true;
            pos += 2;
        }
        while (pos < end) {
            int groupEnd = groupEnd(bytes, pos, end);
            if (groupEnd < end && bytes.getByte(groupEnd) == '.') {
                return isIpv4(bytes, pos, end) && isComplete(groups + 2, compressed);
            }
            if (groupEnd == pos) {
                return false;
            }
            groups++;
            if (groupEnd == end) {
                break;
            }
            if (isCompression(bytes, groupEnd, end)) {
                if (compressed) {
                    return false;
                }
                compressed = true;
                pos = groupEnd + 2;
            } else if (bytes.getByte(groupEnd) == ':' && groupEnd + 1 < end) {
                pos = groupEnd + 1;
            } else {
                return false;
            }
        }
        return isComplete(groups, compressed);
    }

    private static boolean isComplete(int groups, boolean compressed) {
        return compressed ? groups < GROUPS : groups == GROUPS;
    }

    private static boolean isCompression(UnsafeBuffer bytes, int pos, int end) {
        return pos + 1 < end && bytes.getByte(pos) == ':' && bytes.getByte(pos + 1) == ':';
    }

    private static int groupEnd(UnsafeBuffer bytes, int from, int end) {
        int pos = from;
        while (pos < end && pos - from < GROUP_DIGITS && Ascii.hexValue(bytes.getByte(pos)) >= 0) {
            pos++;
        }
        return pos;
    }

    private static boolean isIpv4(UnsafeBuffer bytes, int from, int end) {
        int pos = from;
        for (int octet = 0; octet < 4; octet++) {
            int octetEnd = octetEnd(bytes, pos, end);
            if (octetEnd == pos) {
                return false;
            }
            if (octet == 3) {
                return octetEnd == end;
            }
            if (octetEnd == end || bytes.getByte(octetEnd) != '.') {
                return false;
            }
            pos = octetEnd + 1;
        }
        return false;
    }

    /** The index after a number from 0 to 255 without leading zeros, or {@code from}. */
    private static int octetEnd(UnsafeBuffer bytes, int from, int end) {
        int value = 0;
        int pos = from;
        while (pos < end && Ascii.isDigit(bytes.getByte(pos))) {
            value = value * 10 + (bytes.getByte(pos) - '0');
            if (value > 255 || (pos > from && bytes.getByte(from) == '0')) {
                return from;
            }
            pos++;
        }
        return pos;
    }
}
