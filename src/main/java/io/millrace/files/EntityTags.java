package io.millrace.files;

import io.millrace.bytes.Ascii;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Compares lists of entity tags with the one that is there (RFC 9110, section 8.8.3); owned by no
 * thread (pure functions).
 */
@HotPath
final class EntityTags {
    private EntityTags() {}

    /**
     * Whether the list is {@code *} or has the tag in it. What follows something that is no tag is
     * not looked at.
     *
     * @param etag a strong tag with its quotes
     * @param weakly whether a weak tag with the same text will do (section 8.8.3.2)
     */
    static boolean contain(
            UnsafeBuffer bytes, int offset, int length, byte[] etag, boolean weakly) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            byte b = bytes.getByte(at);
            if (b == ',' || b == Ascii.SP || b == Ascii.HTAB) {
                at++;
                continue;
            }
            if (b == '*') {
                return length == 1;
            }
            boolean weak = b == 'W' && at + 1 < end && bytes.getByte(at + 1) == '/';
            int open = weak ? at + 2 : at;
            int close = closingQuote(bytes, open, end);
            if (close < 0) {
                return false;
            }
            if ((weakly || !weak) && isSame(bytes, open, close + 1 - open, etag)) {
                return true;
            }
            at = close + 1;
        }
        return false;
    }

    /** Where the tag that begins at {@code open} ends; -1 when none begins there. */
    private static int closingQuote(UnsafeBuffer bytes, int open, int end) {
        if (open >= end || bytes.getByte(open) != '"') {
            return -1;
        }
        for (int at = open + 1; at < end; at++) {
            if (bytes.getByte(at) == '"') {
                return at;
            }
        }
        return -1;
    }

    /** Whether just these bytes are the tag. */
    static boolean isSame(UnsafeBuffer bytes, int offset, int length, byte[] etag) {
        if (length != etag.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(offset + i) != etag[i]) {
                return false;
            }
        }
        return true;
    }
}
