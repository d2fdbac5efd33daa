package io.millrace.http;

import io.millrace.bytes.OffHeap;
import io.millrace.bytes.Words;
import io.millrace.roles.HotPath;
import java.util.Arrays;

/**
 * Recognises the field names that have a {@link HeaderId}, in whatever case; owned by no thread
 * (constants).
 *
 * <p>A name is compared as up to three words: its last eight bytes, its first eight when it is
 * longer than that, and of names longer than sixteen the second eight. A hash of the last word and
 * the length leads to the only id that the name can have.
 */
@HotPath
public final class HeaderNames {
    private static final int SLOT_BITS = 7;
    private static final int CELL_BITS = 2;
    private static final int LONGEST = 3 * Long.BYTES;

    private static final String[] NAMES = new String[HeaderId.COUNT];

    /** For each slot: last, first and second word, and length and id; empty slots are zero. */
    private static final long[] CELLS = new long[1 << (SLOT_BITS + CELL_BITS)];

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

    /**
     * The id of the name at {@code offset}.
     *
     * <p>Of a short name the eight bytes up to its end are read, of which the first ones lie before
     * it: before every name in a head there is at least its start line.
     */
    public static int idOf(long memory, int offset, int length) {
        if (length == 0 || length > LONGEST) {
            return HeaderId.OTHER;
        }
        int end = offset + length;
        if (length > Long.BYTES) {
            long second = length <= 2 * Long.BYTES ? 0 : word(memory, offset + Long.BYTES, end);
            return find(
                    word(memory, offset, end), second, word(memory, end - Long.BYTES, end), length);
        }
        long last =
                end < Long.BYTES
                        ? OffHeap.longAt(memory, offset, length, end)
                        : OffHeap.longAt(memory, end - Long.BYTES, end)
                                >>> (Long.SIZE - length * Byte.SIZE);
        return find(0, 0, Words.fold(last), length);
    }

    /** The name in lower case. */
    public static String name(int id) {
        return NAMES[id];
    }

    private static long word(long memory, int offset, int end) {
        return Words.fold(OffHeap.longAt(memory, offset, end));
    }

    private static int find(long first, long second, long last, int length) {
        int cell = slot(last, length, MULTIPLIER) << CELL_BITS;
        long tail = CELLS[cell + 3];
        long difference =
                (CELLS[cell] ^ last)
                        | (CELLS[cell + 1] ^ first)
                        | (CELLS[cell + 2] ^ second)
                        | ((tail >>> Byte.SIZE) ^ length);
        return difference == 0 ? (int) tail & 0xff : HeaderId.OTHER;
    }

    private static void name(int id, String name) {
        NAMES[id] = name;
    }

    private static int slot(long last, int length, long multiplier) {
        return (int) (((last + length) * multiplier) >>> (Long.SIZE - SLOT_BITS));
    }

    /** Finds an odd multiplier that gives every name a slot of its own; one in 170 does. */
    private static long fillSlots() {
        long multiplier = 0x9e3779b97f4a7c15L;
        while (!fillSlots(multiplier)) {
            multiplier += 0x100000002L;
        }
        return multiplier;
    }

    private static boolean fillSlots(long multiplier) {
        Arrays.fill(CELLS, 0);
        for (int id = 1; id < HeaderId.COUNT; id++) {
            String name = NAMES[id];
            int length = name.length();
            long last = word(name, Math.max(0, length - Long.BYTES));
            int cell = slot(last, length, multiplier) << CELL_BITS;
            if (CELLS[cell] != 0) {
                return false;
            }
            CELLS[cell] = last;
            CELLS[cell + 1] = length <= Long.BYTES ? 0 : word(name, 0);
            CELLS[cell + 2] = length <= 2 * Long.BYTES ? 0 : word(name, Long.BYTES);
            CELLS[cell + 3] = (long) length << Byte.SIZE | id;
        }
        return true;
    }

    private static long word(String name, int offset) {
        long word = 0;
        for (int i = Math.min(name.length(), offset + Long.BYTES) - 1; i >= offset; i--) {
            word = word << Byte.SIZE | name.charAt(i);
        }
        return Words.fold(word);
    }
}
