package io.millrace.encode;

import io.millrace.http.HeaderId;
import io.millrace.http.HeaderTable;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Knows which fields end at this hop (RFC 9110, section 7.6.1); owned by no thread (pure
 * functions).
 */
@HotPath
public final class HopFields {
    private static final long ALWAYS =
            bit(HeaderId.CONNECTION)
                    | bit(HeaderId.KEEP_ALIVE)
                    | bit(HeaderId.PROXY_CONNECTION)
                    | bit(HeaderId.TE)
                    | bit(HeaderId.UPGRADE);

    /** Fields of a request that are not forwarded. */
    static final long OF_REQUEST = ALWAYS | bit(HeaderId.PROXY_AUTHORIZATION);

    /** Fields of a response that are not forwarded. */
    static final long OF_RESPONSE = ALWAYS;

    /** Fields in which proxies say who the client is; only trusted peers may. */
    static final long FORWARDING =
            bit(HeaderId.X_FORWARDED_FOR)
                    | bit(HeaderId.X_FORWARDED_PROTO)
                    | bit(HeaderId.X_FORWARDED_HOST)
                    | bit(HeaderId.X_FORWARDED_PORT)
                    | bit(HeaderId.X_REAL_IP)
                    | bit(HeaderId.X_REQUEST_ID)
                    | bit(HeaderId.FORWARDED);

    private HopFields() {}

    static long bit(int headerId) {
        return 1L << headerId;
    }

    /**
     * Whether some Connection field names this field; nor can it name away what frames, routes or
     * identifies.
     */
    static boolean namedByConnection(UnsafeBuffer bytes, HeaderTable fields, int field) {
        int id = fields.id(field);
        if (id == HeaderId.HOST
                || id == HeaderId.CONTENT_LENGTH
                || id == HeaderId.TRANSFER_ENCODING
                || (FORWARDING >>> id & 1) != 0) {
            return false;
        }
        for (int i = 0; i < fields.count(); i++) {
            if (fields.id(i) == HeaderId.CONNECTION
                    && listContains(
                            bytes,
                            fields.valueOffset(i),
                            fields.valueLength(i),
                            fields.nameOffset(field),
                            fields.nameLength(field))) {
                return true;
            }
        }
        return false;
    }

    private static boolean listContains(
            UnsafeBuffer bytes, int offset, int length, int nameOffset, int nameLength) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            int stop = at;
            while (stop < end && bytes.getByte(stop) != ',') {
                stop++;
            }
            int from = at;
            int to = stop;
            while (from < to && isSpace(bytes.getByte(from))) {
                from++;
            }
            while (to > from && isSpace(bytes.getByte(to - 1))) {
                to--;
            }
            if (to - from == nameLength
                    && equalsIgnoringCase(bytes, from, nameOffset, nameLength)) {
                return true;
            }
            at = stop + 1;
        }
        return false;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }

    private static boolean equalsIgnoringCase(UnsafeBuffer bytes, int a, int b, int length) {
        for (int i = 0; i < length; i++) {
            if (lower(bytes.getByte(a + i)) != lower(bytes.getByte(b + i))) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }
}
