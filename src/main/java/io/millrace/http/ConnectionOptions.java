package io.millrace.http;

import io.millrace.bytes.Text;
import io.millrace.bytes.Words;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the Connection fields of a head (RFC 9110, section 7.6.1); owned by no thread (pure
 * functions).
 */
@HotPath
public final class ConnectionOptions {
    /** Flag: the option close is there. */
    public static final int CLOSE = 1;

    /** Flag: the option keep-alive is there. */
    public static final int KEEP_ALIVE = 2;

    /** Flag: an option is there that names a field. */
    public static final int NAMES_FIELDS = 4;

    private static final byte[] CLOSE_OPTION = {'c', 'l', 'o', 's', 'e'};
    private static final int KEEP_ALIVE_SIZE = 10;
    private static final long KEEP_ALI = 0x696c612d7065656bL;
    private static final long EP_ALIVE = 0x6576696c612d7065L;

    private ConnectionOptions() {}

    /** The flags of all options in all Connection fields. */
    public static int flags(UnsafeBuffer bytes, HeaderTable headers) {
        if (!headers.has(HeaderId.CONNECTION)) {
            return 0;
        }
        if (!headers.isRepeated(HeaderId.CONNECTION)) {
            int field = headers.indexOf(HeaderId.CONNECTION);
            return flagsOf(bytes, headers.valueOffset(field), headers.valueLength(field));
        }
        int flags = 0;
        for (int field = 0; field < headers.count(); field++) {
            if (headers.id(field) == HeaderId.CONNECTION) {
                flags |= flagsOf(bytes, headers.valueOffset(field), headers.valueLength(field));
            }
        }
        return flags;
    }

    /**
     * Whether some Connection field names the field whose name lies at {@code offset} of the same
     * bytes.
     */
    public static boolean names(UnsafeBuffer bytes, HeaderTable headers, int offset, int length) {
        for (int field = 0; field < headers.count(); field++) {
            if (headers.id(field) == HeaderId.CONNECTION
                    && lists(
                            bytes,
                            headers.valueOffset(field),
                            headers.valueLength(field),
                            offset,
                            length)) {
                return true;
            }
        }
        return false;
    }

    private static int flagsOf(UnsafeBuffer bytes, int offset, int length) {
        if (isKeepAlive(bytes, offset, length)) {
            // What most clients send, and nothing else with it.
            return KEEP_ALIVE;
        }
        int end = offset + length;
        int flags = 0;
        int pos = ListElements.next(bytes, offset, end);
        while (pos < end) {
            int elementEnd = ListElements.end(bytes, pos, end);
            flags |= flagOf(bytes, pos, elementEnd - pos);
            pos = ListElements.next(bytes, elementEnd, end);
        }
        return flags;
    }

    private static int flagOf(UnsafeBuffer bytes, int offset, int length) {
        if (isKeepAlive(bytes, offset, length)) {
            return KEEP_ALIVE;
        }
        return Text.equalsIgnoreCase(bytes, offset, length, CLOSE_OPTION) ? CLOSE : NAMES_FIELDS;
    }

    /** No control byte is left in a value, so that folding makes a dash of nothing else. */
    private static boolean isKeepAlive(UnsafeBuffer bytes, int offset, int length) {
        return length == KEEP_ALIVE_SIZE
                && Words.fold(Words.load(bytes, offset)) == KEEP_ALI
                && Words.fold(Words.load(bytes, offset + 2)) == EP_ALIVE;
    }

    private static boolean lists(
            UnsafeBuffer bytes, int offset, int length, int nameOffset, int nameLength) {
        int end = offset + length;
        int pos = ListElements.next(bytes, offset, end);
        while (pos < end) {
            int elementEnd = ListElements.end(bytes, pos, end);
            if (Text.equalsIgnoreCase(
                    bytes, pos, elementEnd - pos, bytes, nameOffset, nameLength)) {
                return true;
            }
            pos = ListElements.next(bytes, elementEnd, end);
        }
        return false;
    }
}
