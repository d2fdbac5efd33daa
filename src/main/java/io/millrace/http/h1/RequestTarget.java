package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.OffHeap;
import io.millrace.bytes.Scan;
import io.millrace.http.Authority;
import io.millrace.http.HeadError;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;

/**
 * Splits the request target into authority, path and query (RFC 9112, section 3.2); owned by no
 * thread (pure functions).
 *
 * <p>Each step returns the index where it stopped, {@code end} when the bytes ran out, or an error.
 * A target always has a space behind it, so stopping at {@code end} always means that more bytes
 * are needed.
 */
@HotPath
final class RequestTarget {
    private static final int BAD_TARGET = HeadError.BAD_TARGET.asResult();
    private static final byte[] HTTP = {'h', 't', 't', 'p'};
    private static final byte[] AUTHORITY_MARK = {':', '/', '/'};

    private RequestTarget() {}

    /**
     * The index of the space behind the target that begins at {@code from}, {@code end}, or an
     * error.
     */
    static int parse(long memory, int from, int end, RequestHead head) {
        if (from == end) {
            return end;
        }
        int pos = start(memory, from, end, head);
        if (pos < 0 || pos == end) {
            return pos;
        }
        pos = path(memory, pos, end, head);
        if (pos < 0 || pos == end) {
            return pos;
        }
        pos = query(memory, pos, end, head);
        if (pos < 0 || pos == end) {
            return pos;
        }
        head.targetOffset = from;
        head.targetLength = pos - from;
        return OffHeap.byteAt(memory, pos, end) == Ascii.SP
                ? pos
                : badByte(OffHeap.byteAt(memory, pos, end));
    }

    private static int start(long memory, int from, int end, RequestHead head) {
        byte first = OffHeap.byteAt(memory, from, end);
        if (first == '/') {
            return from;
        }
        if (first == '*') {
            head.targetForm = RequestHead.ASTERISK_FORM;
            return from + 1 == end || OffHeap.byteAt(memory, from + 1, end) == Ascii.SP
                    ? from + 1
                    : BAD_TARGET;
        }
        head.targetForm = RequestHead.ABSOLUTE_FORM;
        int authority = scheme(memory, from, end);
        return authority < 0 || authority == end
                ? authority
                : authority(memory, authority, end, head);
    }

    /** The index behind {@code http://} or {@code https://}. */
    private static int scheme(long memory, int from, int end) {
        int pos = from;
        for (byte expected : HTTP) {
            if (pos == end || Ascii.toLower(OffHeap.byteAt(memory, pos, end)) != expected) {
                return pos == end ? end : badByte(OffHeap.byteAt(memory, pos, end));
            }
            pos++;
        }
        if (pos < end && Ascii.toLower(OffHeap.byteAt(memory, pos, end)) == 's') {
            pos++;
        }
        for (byte expected : AUTHORITY_MARK) {
            if (pos == end || OffHeap.byteAt(memory, pos, end) != expected) {
                return pos == end ? end : badByte(OffHeap.byteAt(memory, pos, end));
            }
            pos++;
        }
        return pos;
    }

    private static int authority(long memory, int from, int end, RequestHead head) {
        int pos = from;
        while (pos < end && isAuthority(OffHeap.byteAt(memory, pos, end))) {
            pos++;
        }
        if (pos == end) {
            return end;
        }
        int hostLength = Authority.hostLength(head.bytes, from, pos - from);
        if (hostLength == Authority.INVALID) {
            return BAD_TARGET;
        }
        head.authorityOffset = from;
        head.authorityLength = pos - from;
        head.hostOffset = from;
        head.hostLength = hostLength;
        return pos;
    }

    private static boolean isAuthority(byte b) {
        return Ascii.isHost(b) || b == ':' || b == '[' || b == ']';
    }

    /** A path begins with a slash or is empty. */
    private static int path(long memory, int from, int end, RequestHead head) {
        boolean odd = false;
        int pos = from;
        if (OffHeap.byteAt(memory, from, end) == '/') {
            pos = Scan.plainPathEnd(memory, from, end);
            while (pos < end) {
                byte b = OffHeap.byteAt(memory, pos, end);
                if (b != '.' && b != '%') {
                    break;
                }
                odd |= b == '%' || OffHeap.byteAt(memory, pos - 1, end) == '/';
                if (b == '%' && isBadEscape(memory, pos, end)) {
                    return BAD_TARGET;
                }
                pos = Scan.plainPathEnd(memory, pos + 1, end);
            }
        }
        head.pathNeedsNormalising = odd;
        head.pathOffset = from;
        head.pathLength = pos - from;
        return pos;
    }

    private static int query(long memory, int from, int end, RequestHead head) {
        if (OffHeap.byteAt(memory, from, end) != '?') {
            head.queryOffset = from;
            head.queryLength = -1;
            return from;
        }
        int pos = Scan.plainQueryEnd(memory, from + 1, end);
        while (pos < end && OffHeap.byteAt(memory, pos, end) == '%') {
            if (isNul(memory, pos, end)) {
                return BAD_TARGET;
            }
            pos = Scan.plainQueryEnd(memory, pos + 1, end);
        }
        head.queryOffset = from + 1;
        head.queryLength = pos - from - 1;
        return pos;
    }

    /** Whether the bytes so far can no longer become an escape of anything but NUL. */
    private static boolean isBadEscape(long memory, int pos, int end) {
        boolean high = pos + 1 >= end || Ascii.hexValue(OffHeap.byteAt(memory, pos + 1, end)) >= 0;
        boolean low = pos + 2 >= end || Ascii.hexValue(OffHeap.byteAt(memory, pos + 2, end)) >= 0;
        return !high || !low || isNul(memory, pos, end);
    }

    /** A percent sign alone is common in queries and harmless; an escaped NUL is neither. */
    private static boolean isNul(long memory, int pos, int end) {
        return pos + 2 < end
                && OffHeap.byteAt(memory, pos + 1, end) == '0'
                && OffHeap.byteAt(memory, pos + 2, end) == '0';
    }

    /** A line that ends here has no version (HTTP/0.9) or no proper end. */
    private static int badByte(byte b) {
        if (b == Ascii.LF) {
            return HeadError.BAD_LINE_END.asResult();
        }
        return b == Ascii.CR ? HeadError.BAD_VERSION.asResult() : BAD_TARGET;
    }
}
