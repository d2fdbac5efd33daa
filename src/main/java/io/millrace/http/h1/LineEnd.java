package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.OffHeap;
import io.millrace.http.HeadError;
import io.millrace.roles.HotPath;

/**
 * Expects CRLF and nothing less: a bare CR or LF ends a line for some parsers only; owned by no
 * thread (pure functions).
 */
@HotPath
final class LineEnd {
    /** Bytes of a line end. */
    static final int SIZE = 2;

    /** Result when the bytes so far are a line end cut short. */
    static final int MISSING = 0;

    /** The two bytes, the first of them lowest. */
    static final short CRLF = 0x0a0d;

    private static final int BAD_LINE_END = HeadError.BAD_LINE_END.asResult();

    private LineEnd() {}

    /**
     * The index after the CRLF at {@code pos}, {@link #MISSING}, an error for a bare CR or LF, or
     * {@code otherwise}.
     */
    static int after(long memory, int pos, int end, int otherwise) {
        if (pos <= end - SIZE && OffHeap.shortAt(memory, pos, end) == CRLF) {
            return pos + SIZE;
        }
        return cutOrBad(memory, pos, end, otherwise);
    }

    private static int cutOrBad(long memory, int pos, int end, int otherwise) {
        if (pos == end) {
            return MISSING;
        }
        byte b = OffHeap.byteAt(memory, pos, end);
        if (b != Ascii.CR) {
            return b == Ascii.LF ? BAD_LINE_END : otherwise;
        }
        return pos + 1 == end ? MISSING : BAD_LINE_END;
    }
}
