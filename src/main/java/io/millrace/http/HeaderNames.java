package io.millrace.http;

import io.millrace.bytes.Words;
import io.millrace.roles.HotPath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Recognises the field names that have a {@link HeaderId}, in whatever case; owned by no thread (constants).
 *
 * <p>A name is compared as up to three overlapping words: its first eight bytes, its next eight (only of
 * names longer than sixteen) and its last eight.
 */
@HotPath
public final class HeaderNames {
    private static final String[] NAMES = new String[HeaderId.COUNT];
    private static final long[] FIRST = new long[HeaderId.COUNT];
    private static final long[] SECOND = new long[HeaderId.COUNT];
    private static final long[] LAST = new long[HeaderId.COUNT];

    /** By length, the ids of the names that long. */
    private static final int[][] CANDIDATES;

    private static final int LONGEST = 3 * Long.BYTES;

    static {
        name(HeaderId.HOST, "host");
        name(HeaderId.CONNECTION, "connection");
        name(HeaderId.CONTENT_LENGTH, "content-length");
        name(HeaderId.TRANSFER_ENCODING, "transfer-encoding");
        name(HeaderId.KEEP_ALIVE, "keep-alive");
        name(HeaderId.PROXY_CONNECTION, "proxy-connection");
        name(HeaderId.PROXY_AUTHENTICATE, "proxy-authenticate");
        name(HeaderId.PROXY_AUTHORIZATION, "proxy-authorization");
        name(HeaderId.TE, "te");
        name(HeaderId.TRAILER, "trailer");
        name(HeaderId.UPGRADE, "upgrade");
        name(HeaderId.EXPECT, "expect");
        name(HeaderId.X_FORWARDED_FOR, "x-forwarded-for");
        name(HeaderId.X_FORWARDED_PROTO, "x-forwarded-proto");
        name(HeaderId.X_FORWARDED_HOST, "x-forwarded-host");
        name(HeaderId.X_FORWARDED_PORT, "x-forwarded-port");
        name(HeaderId.X_REAL_IP, "x-real-ip");
        name(HeaderId.X_REQUEST_ID, "x-request-id");
        name(HeaderId.FORWARDED, "forwarded");
        name(HeaderId.VIA, "via");
        name(HeaderId.ACCEPT, "accept");
        name(HeaderId.DATE, "date");
        name(HeaderId.SERVER, "server");
        name(HeaderId.CONTENT_TYPE, "content-type");
        name(HeaderId.COOKIE, "cookie");
        name(HeaderId.AUTHORIZATION, "authorization");
        name(HeaderId.USER_AGENT, "user-agent");
        CANDIDATES = byLength();
    }

    private HeaderNames() {}

    /** The id of the name at {@code offset}; reads nothing at or after {@code limit}. */
    public static int idOf(DirectBuffer bytes, int offset, int length, int limit) {
        if (length == 0 || length > LONGEST) {
            return HeaderId.OTHER;
        }
        int[] candidates = CANDIDATES[length];
        if (candidates.length == 0) {
            return HeaderId.OTHER;
        }
        long first = first(bytes, offset, length, limit);
        for (int id : candidates) {
            if (FIRST[id] == first && restMatches(id, bytes, offset, length)) {
                return id;
            }
        }
        return HeaderId.OTHER;
    }

    /** The name in lower case. */
    public static String name(int id) {
        return NAMES[id];
    }

    private static boolean restMatches(int id, DirectBuffer bytes, int offset, int length) {
        return LAST[id] == last(bytes, offset, length) && SECOND[id] == second(bytes, offset, length);
    }

    private static long first(DirectBuffer bytes, int offset, int length, int limit) {
        return Words.fold(Words.load(bytes, offset, Math.min(length, Long.BYTES), limit));
    }

    private static long second(DirectBuffer bytes, int offset, int length) {
        return length <= 2 * Long.BYTES ? 0 : Words.fold(Words.load(bytes, offset + Long.BYTES));
    }

    private static long last(DirectBuffer bytes, int offset, int length) {
        return length <= Long.BYTES ? 0 : Words.fold(Words.load(bytes, offset + length - Long.BYTES));
    }

    private static void name(int id, String name) {
        UnsafeBuffer bytes = new UnsafeBuffer(name.getBytes(StandardCharsets.US_ASCII));
        int length = bytes.capacity();
        NAMES[id] = name;
        FIRST[id] = first(bytes, 0, length, length);
        SECOND[id] = second(bytes, 0, length);
        LAST[id] = last(bytes, 0, length);
    }

    private static int[][] byLength() {
        int[][] table = new int[LONGEST + 1][];
        for (int length = 0; length <= LONGEST; length++) {
            int[] ids = new int[HeaderId.COUNT];
            int count = 0;
            for (int id = 1; id < HeaderId.COUNT; id++) {
                if (NAMES[id].length() == length) {
                    ids[count++] = id;
                }
            }
            table[length] = Arrays.copyOf(ids, count);
        }
        return table;
    }
}
