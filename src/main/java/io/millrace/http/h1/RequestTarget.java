package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.http.Authority;
import io.millrace.http.HeadError;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

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
    static int parse(UnsafeBuffer bytes, int from, int end, RequestHead head) {
        if (from == end) {
            return end;
        }
        int pos = start(bytes, from, end, head);
        if (pos < 0 || pos == end) {
            return pos;
        }
        pos = path(bytes, pos, end, head);
        if (pos < 0 || pos == end) {
            return pos;
        }
        pos = query(bytes, pos, end, head);
        if (pos < 0 || pos == end) {
            return pos;
        }
        head.targetOffset = from;
        head.targetLength = pos - from;
        return bytes.getByte(pos) == Ascii.SP ? pos : badByte(bytes.getByte(pos));
    }

    private static int start(UnsafeBuffer bytes, int from, int end, RequestHead head) {
        byte first = bytes.getByte(from);
        if (first == '/') {
            return from;
        }
        if (first == '*') {
            head.targetForm = RequestHead.ASTERISK_FORM;
            return from + 1 == end || bytes.getByte(from + 1) == Ascii.SP ? from + 1 : BAD_TARGET;
        }
        head.targetForm = RequestHead.ABSOLUTE_FORM;
        int authority = scheme(bytes, from, end);
        return authority < 0 || authority == end
                ? authority
                : authority(bytes, authority, end, head);
    }

    /** The index behind {@code http://} or {@code https://}. */
    private static int scheme(UnsafeBuffer bytes, int from, int end) {
        int pos = from;
        for (byte expected : HTTP) {
            if (pos == end || Ascii.toLower(bytes.getByte(pos)) != expected) {
                return pos == end ? end : badByte(bytes.getByte(pos));
            }
            pos++;
        }
        if (pos < end && Ascii.toLower(bytes.getByte(pos)) == 's') {
            pos++;
        }
        for (byte expected : AUTHORITY_MARK) {
            if (pos == end || bytes.getByte(pos) != expected) {
                return pos == end ? end : badByte(bytes.getByte(pos));
            }
            pos++;
        }
        return pos;
    }

    private static int authority(UnsafeBuffer bytes, int from, int end, RequestHead head) {
        int pos = from;
        while (pos < end && isAuthority(bytes.getByte(pos))) {
            pos++;
        }
        if (pos == end) {
            return end;
        }
        int hostLength = Authority.hostLength(bytes, from, pos - from);
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
    private static int path(UnsafeBuffer bytes, int from, int end, RequestHead head) {
        boolean odd = false;
        int pos = from;
        if (bytes.getByte(from) == '/') {
            while (pos < end) {
                byte b = bytes.getByte(pos);
                if (!Ascii.isPlainPath(b)) {
                    if (b != '.' && b != '%') {
                        break;
                    }
                    odd |= b == '%' || bytes.getByte(pos - 1) == '/';
                    if (b == '%' && isBadEscape(bytes, pos, end)) {
                        return BAD_TARGET;
                    }
                }
                pos++;
            }
        }
        head.pathNeedsNormalising = odd;
        head.pathOffset = from;
        head.pathLength = pos - from;
        return pos;
    }

    private static int query(UnsafeBuffer bytes, int from, int end, RequestHead head) {
        if (bytes.getByte(from) != '?') {
            head.queryOffset = from;
            head.queryLength = -1;
            return from;
        }
        int pos = from + 1;
        while (pos < end) {
            byte b = bytes.getByte(pos);
            if (!Ascii.isPlainQuery(b)) {
                if (b != '%') {
                    break;
                }
                if (isNul(bytes, pos, end)) {
                    return BAD_TARGET;
                }
            }
            pos++;
        }
        head.queryOffset = from + 1;
        head.queryLength = pos - from - 1;
        return pos;
    }

    /** Whether the bytes so far can no longer become an escape of anything but NUL. */
    private static boolean isBadEscape(UnsafeBuffer bytes, int pos, int end) {
        boolean high = pos + 1 >= end || Ascii.hexValue(bytes.getByte(pos + 1)) >= 0;
        boolean low = pos + 2 >= end || Ascii.hexValue(bytes.getByte(pos + 2)) >= 0;
        return !high || !low || isNul(bytes, pos, end);
    }

    /** A percent sign alone is common in queries and harmless; an escaped NUL is neither. */
    private static boolean isNul(UnsafeBuffer bytes, int pos, int end) {
        return pos + 2 < end && bytes.getByte(pos + 1) == '0' && bytes.getByte(pos + 2) == '0';
    }

    /** A line that ends here has no version (HTTP/0.9) or no proper end. */
    private static int badByte(byte b) {
        if (b == Ascii.LF) {
            return HeadError.BAD_LINE_END.asResult();
        }
        return b == Ascii.CR ? HeadError.BAD_VERSION.asResult() : BAD_TARGET;
    }
}
