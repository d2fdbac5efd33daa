package io.millrace.http;

import io.millrace.bytes.Words;
import io.millrace.roles.HotPath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Recognises the field names that have a {@link HeaderId}, in whatever case; owned by no thread
 * (constants).
 *
 * <p>A name is compared as up to three words: its first eight bytes, its last eight, and of names
 * longer than sixteen the eight between. A hash of the first two leads to the only id that the name
 * can have.
 */
@HotPath
public final class HeaderNames {
    private static final int SLOT_BITS = 8;
    private static final int LONGEST = 3 * Long.BYTES;

    private static final String[] NAMES = new String[HeaderId.COUNT];
    private static final int[] LENGTHS = new int[HeaderId.COUNT];
    private static final long[] FIRST = new long[HeaderId.COUNT];
    private static final long[] SECOND = new long[HeaderId.COUNT];
    private static final long[] LAST = new long[HeaderId.COUNT];
    private static final byte[] SLOTS = new byte[1 << SLOT_BITS];
    private static final long MULTIPLIER;

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
        name(HeaderId.IF_MATCH, "if-match");
        name(HeaderId.IF_NONE_MATCH, "if-none-match");
        name(HeaderId.IF_MODIFIED_SINCE, "if-modified-since");
        name(HeaderId.IF_UNMODIFIED_SINCE, "if-unmodified-since");
        name(HeaderId.IF_RANGE, "if-range");
        name(HeaderId.RANGE, "range");
        name(HeaderId.ACCEPT_ENCODING, "accept-encoding");
        name(HeaderId.MAX_FORWARDS, "max-forwards");
        MULTIPLIER = fillSlots();
    }

    private HeaderNames() {}

    /** The id of the name at {@code offset}; reads nothing at or after {@code limit}. */
    public static int idOf(UnsafeBuffer bytes, int offset, int length, int limit) {
        if (length == 0 || length > LONGEST) {
            return HeaderId.OTHER;
        }
        long first = first(bytes, offset, length, limit);
        long last = last(bytes, offset, length);
        int id = SLOTS[slot(first, last, MULTIPLIER)];
        boolean same = LENGTHS[id] == length && FIRST[id] == first && LAST[id] == last;
        return same && SECOND[id] == second(bytes, offset, length) ? id : HeaderId.OTHER;
    }

    /** The name in lower case. */
    public static String name(int id) {
        return NAMES[id];
    }

    private static long first(UnsafeBuffer bytes, int offset, int length, int limit) {
        return Words.fold(Words.load(bytes, offset, Math.min(length, Long.BYTES), limit));
    }

    private static long second(UnsafeBuffer bytes, int offset, int length) {
        return length <= 2 * Long.BYTES ? 0 : Words.fold(Words.load(bytes, offset + Long.BYTES));
    }

    private static long last(UnsafeBuffer bytes, int offset, int length) {
        return length <= Long.BYTES
                ? 0
                : Words.fold(Words.load(bytes, offset + length - Long.BYTES));
    }

    private static void name(int id, String name) {
        UnsafeBuffer bytes = new UnsafeBuffer(name.getBytes(StandardCharsets.US_ASCII));
        int length = bytes.capacity();
        NAMES[id] = name;
        LENGTHS[id] = length;
        FIRST[id] = first(bytes, 0, length, length);
        SECOND[id] = second(bytes, 0, length);
        LAST[id] = last(bytes, 0, length);
    }

    private static int slot(long first, long last, long multiplier) {
        return (int)
                (((first + Long.rotateLeft(last, 1)) * multiplier) >>> (Long.SIZE - SLOT_BITS));
    }

    /** Finds an odd multiplier that gives every name a slot of its own; one in a few does. */
    private static long fillSlots() {
        long multiplier = 0x9e3779b97f4a7c15L;
        while (!fillSlots(multiplier)) {
            multiplier += 0x100000002L;
        }
        return multiplier;
    }

    private static boolean fillSlots(long multiplier) {
        Arrays.fill(SLOTS, (byte) HeaderId.OTHER);
        for (int id = 1; id < HeaderId.COUNT; id++) {
            int slot = slot(FIRST[id], LAST[id], multiplier);
            if (SLOTS[slot] != HeaderId.OTHER) {
                return false;
            }
            SLOTS[slot] = (byte) id;
        }
        return true;
    }
}
