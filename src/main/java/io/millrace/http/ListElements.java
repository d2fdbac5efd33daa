package io.millrace.http;

import io.millrace.bytes.Ascii;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Walks a comma-separated field value (RFC 9110, section 5.6.1); owned by no thread (pure
 * functions).
 */
@HotPath
public final class ListElements {
    private ListElements() {}

    /** Where the next element begins, empty ones skipped; {@code end} when there is none. */
    public static int next(UnsafeBuffer bytes, int from, int end) {
        int pos = from;
        while (pos < end && (bytes.getByte(pos) == ',' || isBlank(bytes.getByte(pos)))) {
            pos++;
        }
        return pos;
    }

    /** Where the element that begins at {@code from} ends, white space behind it excluded. */
    public static int end(UnsafeBuffer bytes, int from, int end) {
        int pos = from;
        while (pos < end && bytes.getByte(pos) != ',') {
            pos++;
        }
        while (pos > from && isBlank(bytes.getByte(pos - 1))) {
            pos--;
        }
        return pos;
    }

    private static boolean isBlank(byte b) {
        return b == Ascii.SP || b == Ascii.HTAB;
    }
}
