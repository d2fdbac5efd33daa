package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.OffHeap;
import io.millrace.http.HeadError;
import io.millrace.roles.HotPath;

/** Reads {@code HTTP/d.d}; owned by no thread (pure functions). */
@HotPath
final class Version {
    /** Bytes of a version. */
    static final int SIZE = 8;

    /** Result when the bytes so far are a version cut short. */
    static final int MISSING = -100;

    private static final byte[] PREFIX = {'H', 'T', 'T', 'P', '/'};
    private static final long HTTP_1_1 = 0x312e312f50545448L;
    private static final long HTTP_1_0 = 0x302e312f50545448L;
    private static final int MALFORMED = HeadError.BAD_VERSION.asResult();

    private Version() {}

    /**
     * The minor version, 0 or 1, at {@code pos}, {@link #MISSING}, or an error.
     *
     * <p>A minor version above 1 is taken as 1: RFC 9110, section 2.5, wants such a message
     * processed as the highest minor version that the recipient implements.
     */
    static int minorAt(long memory, int pos, int end) {
        if (pos <= end - SIZE) {
            long word = OffHeap.longAt(memory, pos, end);
            if (word == HTTP_1_1) {
                return 1;
            }
            if (word == HTTP_1_0) {
                return 0;
            }
        }
        return slowMinorAt(memory, pos, end);
    }

    private static int slowMinorAt(long memory, int pos, int end) {
        int available = Math.min(SIZE, end - pos);
        for (int i = 0; i < available; i++) {
            if (!mayStandAt(i, OffHeap.byteAt(memory, pos + i, end))) {
                return MALFORMED;
            }
        }
        if (available < SIZE) {
            return MISSING;
        }
        if (OffHeap.byteAt(memory, pos + PREFIX.length, end) != '1') {
            return HeadError.UNSUPPORTED_VERSION.asResult();
        }
        return Math.min(1, OffHeap.byteAt(memory, pos + SIZE - 1, end) - '0');
    }

    private static boolean mayStandAt(int index, byte b) {
        if (index < PREFIX.length) {
            return b == PREFIX[index];
        }
        return index == PREFIX.length + 1 ? b == '.' : Ascii.isDigit(b);
    }
}
