package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.Words;
import io.millrace.http.HeadError;
import io.millrace.http.HeadLimits;
import io.millrace.http.HeaderNames;
import io.millrace.http.HeaderTable;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

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

    private FieldParser() {}

    /**
     * Reads from {@code start}, the first byte after the start line.
     *
     * @return the index after the empty line, 0 when [start, length) has no empty line yet, or a
     *     negative {@link HeadError#asResult()}
     */
    static int parse(
            UnsafeBuffer bytes, int start, int length, HeadLimits limits, HeaderTable table) {
        int window = start + limits.headersBytes() + LineEnd.SIZE;
        int end = Math.min(length, window);
        int most = limits.headerCount();
        int pos = start;
        while (pos < end) {
            byte first = bytes.getByte(pos);
            if (!Ascii.isToken(first)) {
                return first == Ascii.CR
                        ? endOfHead(bytes, pos, end, window)
                        : badStart(first, table);
            }
            int next = field(bytes, pos, end, most, table);
            if (next < 0) {
                return next;
            }
            pos = next;
        }
        return unfinished(end, window);
    }

    /** The index after the field's line end, {@code end} when it is not there yet, or an error. */
    private static int field(UnsafeBuffer bytes, int from, int end, int most, HeaderTable table) {
        if (table.count() >= most) {
            return HeadError.TOO_MANY_HEADERS.asResult();
        }
        int nameEnd = nameEnd(bytes, from, end, table);
        if (nameEnd == end) {
            return end;
        }
        if (bytes.getByte(nameEnd) != ':') {
            return BAD_NAME;
        }
        int valueStart = skipBlanks(bytes, nameEnd + 1, end);
        int valueEnd = valueEnd(bytes, valueStart, end);
        int next = LineEnd.after(bytes, valueEnd, end, BAD_VALUE);
        if (next == LineEnd.MISSING) {
            return end;
        }
        if (next < 0) {
            return next;
        }
        int id = HeaderNames.idOf(bytes, from, nameEnd - from, end);
        int valueLength = trimmedEnd(bytes, valueStart, valueEnd) - valueStart;
        boolean added = table.add(id, from, nameEnd - from, valueStart, valueLength);
        return added ? next : HeadError.TOO_MANY_HEADERS.asResult();
    }

    /** Eight bytes at once while they are letters and dashes, of which most names are made. */
    private static int nameEnd(UnsafeBuffer bytes, int from, int end, HeaderTable table) {
        int pos = from;
        while (pos + Long.BYTES <= end) {
            long marks = Words.notLetterOrDash(Words.load(bytes, pos));
            if (marks != 0) {
                pos += Words.first(marks);
                break;
            }
            pos += Long.BYTES;
        }
        while (pos < end && Ascii.isToken(bytes.getByte(pos))) {
            if (bytes.getByte(pos) == '_') {
                table.markUnderscore();
            }
            pos++;
        }
        return pos;
    }

    private static int skipBlanks(UnsafeBuffer bytes, int from, int end) {
        int pos = from;
        while (pos < end && isBlank(bytes.getByte(pos))) {
            pos++;
        }
        return pos;
    }

    /** The first control byte that is no tab, or {@code end}. */
    private static int valueEnd(UnsafeBuffer bytes, int from, int end) {
        int pos = Words.controlAt(bytes, from, end);
        while (pos < end && bytes.getByte(pos) == Ascii.HTAB) {
            pos = Words.controlAt(bytes, pos + 1, end);
        }
        return pos;
    }

    private static int trimmedEnd(UnsafeBuffer bytes, int from, int end) {
        int pos = end;
        while (pos > from && isBlank(bytes.getByte(pos - 1))) {
            pos--;
        }
        return pos;
    }

    private static boolean isBlank(byte b) {
        return b == Ascii.SP || b == Ascii.HTAB;
    }

    private static int endOfHead(UnsafeBuffer bytes, int pos, int end, int window) {
        int next = LineEnd.after(bytes, pos, end, BAD_LINE_END);
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
