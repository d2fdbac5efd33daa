package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.OffHeap;
import io.millrace.bytes.Scan;
import io.millrace.http.HeadError;
import io.millrace.http.HeadLimits;
import io.millrace.http.HeaderNames;
import io.millrace.http.HeaderTable;
import io.millrace.roles.HotPath;

/**
 * Reads the field section of a head in one pass (RFC 9112, section 5); owned by no thread (pure
 * functions).
 */
@HotPath
final class FieldParser {
    private static final int BAD_NAME = HeadError.BAD_FIELD_NAME.asResult();
    private static final int BAD_VALUE = HeadError.BAD_FIELD_VALUE.asResult();
    private static final int BAD_LINE_END = HeadError.BAD_LINE_END.asResult();
    private static final int TOO_LARGE = HeadError.HEADERS_TOO_LARGE.asResult();

    private static final int UNKNOWN = -1;
    private static final int COLON_SPACE = 0x203a;

    private FieldParser() {}

    /**
     * Reads from {@code start}, the first byte after the start line.
     *
     * @return the index after the empty line, 0 when [start, length) has no empty line yet, or a
     *     negative {@link HeadError#asResult()}
     */
    static int parse(long memory, int start, int length, HeadLimits limits, HeaderTable table) {
        int window = start + limits.headersBytes() + LineEnd.SIZE;
        int end = Math.min(length, window);
        int most = limits.headerCount();
        int pos = start;
        while (pos < end) {
            int lineEnd = lineEnd(memory, pos, end);
            int nameEnd = nameEnd(memory, pos, end, table);
            if (nameEnd == pos) {
                byte first = OffHeap.byteAt(memory, pos, end);
                return first == Ascii.CR
                        ? endOfHead(memory, pos, end, window)
                        : badStart(first, table);
            }
            int next =
                    table.count() < most
                            ? field(memory, pos, nameEnd, lineEnd, end, table)
                            : HeadError.TOO_MANY_HEADERS.asResult();
            if (next < 0) {
                return next;
            }
            pos = next;
        }
        return unfinished(end, window);
    }

    /** The index after the field's line end, {@code end} when it is not there yet, or an error. */
    private static int field(
            long memory, int from, int nameEnd, int lineEnd, int end, HeaderTable table) {
        int valueStart = valueStart(memory, nameEnd, end);
        if (valueStart < 0 || valueStart == end) {
            return valueStart;
        }
        int valueEnd = lineEnd;
        if (lineEnd == UNKNOWN) {
            valueEnd = valueEnd(memory, valueStart, end);
            int next = LineEnd.after(memory, valueEnd, end, BAD_VALUE);
            if (next <= 0) {
                return next == LineEnd.MISSING ? end : next;
            }
        }
        int id = HeaderNames.idOf(memory, from, nameEnd - from);
        int valueLength = trimmedEnd(memory, valueStart, valueEnd) - valueStart;
        return table.add(id, from, nameEnd - from, valueStart, valueLength)
                ? valueEnd + LineEnd.SIZE
                : HeadError.TOO_MANY_HEADERS.asResult();
    }

    /**
     * The index of the CRLF that ends a line without other control bytes, or {@link #UNKNOWN}.
     *
     * <p>It is looked for from the start of the line and not from that of the value: so the next
     * line's address does not wait for this line's name, and the processor reads several at a time.
     */
    private static int lineEnd(long memory, int from, int end) {
        int pos = Scan.controlAt(memory, from, end);
        boolean found =
                pos <= end - LineEnd.SIZE && OffHeap.shortAt(memory, pos, end) == LineEnd.CRLF;
        return found ? pos : UNKNOWN;
    }

    /** Eight bytes at once while they are letters and dashes, of which most names are made. */
    private static int nameEnd(long memory, int from, int end, HeaderTable table) {
        int pos = Scan.lettersEnd(memory, from, end);
        while (pos < end && Ascii.isToken(OffHeap.byteAt(memory, pos, end))) {
            if (OffHeap.byteAt(memory, pos, end) == '_') {
                table.markUnderscore();
            }
            pos++;
        }
        return pos;
    }

    /** Behind the colon at {@code nameEnd} and blanks; {@code end}, or an error without colon. */
    private static int valueStart(long memory, int nameEnd, int end) {
        if (nameEnd <= end - Integer.BYTES) {
            int next = OffHeap.intAt(memory, nameEnd, end);
            // One space, and then something that is none, is how nearly all fields are written.
            if ((next & 0xffff) == COLON_SPACE && (next >>> 16 & 0xff) > Ascii.SP) {
                return nameEnd + 2;
            }
        }
        if (nameEnd == end) {
            return end;
        }
        return OffHeap.byteAt(memory, nameEnd, end) == ':'
                ? skipBlanks(memory, nameEnd + 1, end)
                : BAD_NAME;
    }

    private static int skipBlanks(long memory, int from, int end) {
        int pos = from;
        while (pos < end && isBlank(OffHeap.byteAt(memory, pos, end))) {
            pos++;
        }
        return pos;
    }

    /** The first control byte that is no tab, or {@code end}. */
    private static int valueEnd(long memory, int from, int end) {
        int pos = Scan.controlAt(memory, from, end);
        while (pos < end && OffHeap.byteAt(memory, pos, end) == Ascii.HTAB) {
            pos = Scan.controlAt(memory, pos + 1, end);
        }
        return pos;
    }

    private static int trimmedEnd(long memory, int from, int end) {
        int pos = end;
        while (pos > from && isBlank(OffHeap.byteAt(memory, pos - 1, end))) {
            pos--;
        }
        return pos;
    }

    private static boolean isBlank(byte b) {
        return b == Ascii.SP || b == Ascii.HTAB;
    }

    private static int endOfHead(long memory, int pos, int end, int window) {
        int next = LineEnd.after(memory, pos, end, BAD_LINE_END);
        return next == LineEnd.MISSING ? unfinished(end, window) : next;
    }

    /**
     * A line that begins with a blank continues a field (RFC 9112, section 5.2), if there is one.
     */
    private static int badStart(byte first, HeaderTable table) {
        if (isBlank(first) && table.count() > 0) {
            return HeadError.OBSOLETE_FOLD.asResult();
        }
        return first == Ascii.LF ? BAD_LINE_END : BAD_NAME;
    }

    private static int unfinished(int end, int window) {
        return end == window ? TOO_LARGE : 0;
    }
}
