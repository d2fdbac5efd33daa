package io.millrace.http;

import io.millrace.bytes.Ascii;
import io.millrace.roles.HotPath;

/**
 * How often a request may still be forwarded (RFC 9110, section 7.6.2); owned by no thread (pure
 * functions).
 */
@HotPath
public final class MaxForwards {
    /** Nothing is said, or nothing that counts: only OPTIONS and TRACE are bound by it. */
    public static final int UNBOUND = -1;

    /** More than this no chain has; larger numbers are read as this one. */
    private static final int MOST = 1_000_000;

    private MaxForwards() {}

    /** The number that a request carries, or {@link #UNBOUND}. */
    public static int of(RequestHead head) {
        if (head.method != MethodId.OPTIONS && head.method != MethodId.TRACE) {
            return UNBOUND;
        }
        int field = head.headers.indexOf(HeaderId.MAX_FORWARDS);
        return field < 0 ? UNBOUND : number(head, field);
    }

    private static int number(RequestHead head, int field) {
        int from = head.headers.valueOffset(field);
        int end = from + head.headers.valueLength(field);
        int number = from == end ? UNBOUND : 0;
        for (int i = from; i < end; i++) {
            byte b = head.bytes.getByte(i);
            if (!Ascii.isDigit(b)) {
                return UNBOUND;
            }
            number = Math.min(number * 10 + (b - '0'), MOST);
        }
        return number;
    }
}
