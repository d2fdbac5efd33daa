package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.OffHeap;
import io.millrace.bytes.Scan;
import io.millrace.http.ConnectionOptions;
import io.millrace.http.HeadError;
import io.millrace.http.HeadLimits;
import io.millrace.http.ResponseHead;
import io.millrace.roles.HotPath;

/**
 * Parses a response head where it was received, as strictly as a request's; owned by no thread
 * (pure functions).
 */
@HotPath
public final class ResponseParser {
    private static final int BAD_STATUS_LINE = HeadError.BAD_STATUS_LINE.asResult();
    private static final int STATUS_SIZE = 3;

    private ResponseParser() {}

    /**
     * Parses the {@code length} bytes at {@code address} into {@code head}, whose {@code bytes} are
     * wrapped around them.
     *
     * @return the length of the head when it is complete, 0 when more bytes are needed, or a
     *     negative {@link HeadError#asResult()}
     */
    public static int parse(long address, int length, HeadLimits limits, ResponseHead head) {
        head.wrap(address, length);
        int fields = statusLine(address, length, limits.requestLineBytes(), head);
        if (fields <= 0) {
            return fields;
        }
        int end = FieldParser.parse(address, fields, length, limits, head.headers);
        if (end <= 0) {
            return end;
        }
        int framing = BodyFraming.of(head.bytes, head.headers, head.minorVersion);
        if (framing < 0) {
            return framing;
        }
        interpret(framing, head);
        head.length = end;
        return end;
    }

    private static void interpret(int framing, ResponseHead head) {
        if (framing == BodyFraming.LENGTH) {
            head.contentLength = BodyFraming.contentLength(head.bytes, head.headers);
        }
        head.chunked = framing == BodyFraming.CHUNKED;
        int options = ConnectionOptions.flags(head.bytes, head.headers);
        head.keepAlive = KeepAlive.wanted(options, head.minorVersion);
        head.connectionNamesFields = (options & ConnectionOptions.NAMES_FIELDS) != 0;
    }

    /**
     * The index after the status line, 0, or an error. The space before an empty reason is required
     * (RFC 9112, section 4).
     */
    private static int statusLine(long memory, int length, int limit, ResponseHead head) {
        int window = limit + LineEnd.SIZE;
        int end = Math.min(length, window);
        int unfinished = end == window ? HeadError.LINE_TOO_LONG.asResult() : 0;
        int minor = Version.minorAt(memory, 0, end);
        if (minor < 0) {
            return minor == Version.MISSING ? unfinished : minor;
        }
        head.minorVersion = minor;
        int reason = status(memory, Version.SIZE, end, head);
        if (reason < 0 || reason == end) {
            return reason < 0 ? reason : unfinished;
        }
        int pos = Scan.controlAt(memory, reason, end);
        while (pos < end && OffHeap.byteAt(memory, pos, end) == Ascii.HTAB) {
            pos = Scan.controlAt(memory, pos + 1, end);
        }
        head.reasonOffset = reason;
        head.reasonLength = pos - reason;
        int next = LineEnd.after(memory, pos, end, BAD_STATUS_LINE);
        return next == LineEnd.MISSING ? unfinished : next;
    }

    /** Reads {@code SP 3DIGIT SP}; the index after it, {@code end}, or an error. */
    private static int status(long memory, int from, int end, ResponseHead head) {
        int available = Math.min(STATUS_SIZE + 2, end - from);
        int status = 0;
        for (int i = 0; i < available; i++) {
            byte b = OffHeap.byteAt(memory, from + i, end);
            if (i == 0 || i == STATUS_SIZE + 1) {
                if (b != Ascii.SP) {
                    return BAD_STATUS_LINE;
                }
            } else if (!Ascii.isDigit(b) || (i == 1 && (b < '1' || b > '5'))) {
                return BAD_STATUS_LINE;
            } else {
                status = status * 10 + (b - '0');
            }
        }
        head.status = status;
        return from + available;
    }
}
