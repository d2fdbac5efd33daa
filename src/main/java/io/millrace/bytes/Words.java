package io.millrace.bytes;

import io.millrace.roles.HotPath;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/** Looks at eight bytes at once; owned by no thread (pure functions). */
@HotPath
public final class Words {
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long DELS = 0x7f7f7f7f7f7f7f7fL;
    private static final long CASE = 0x2020202020202020L;

    private Words() {}

    /** Eight bytes, the first of them lowest. */
    public static long load(UnsafeBuffer bytes, int offset) {
        return bytes.getLong(offset, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * One to eight bytes, the first of them lowest, the rest zero; reads nothing at or after {@code
     * limit}.
     */
    public static long load(UnsafeBuffer bytes, int offset, int length, int limit) {
        if (offset + Long.BYTES <= limit) {
            return load(bytes, offset) & mask(length);
        }
        long word = 0;
        for (int i = 0; i < length; i++) {
            word |= (bytes.getByte(offset + i) & 0xffL) << (i * 8);
        }
        return word;
    }

    /** Ones over the first {@code length} bytes, which are one to eight. */
    public static long mask(int length) {
        return -1L >>> (Long.SIZE - length * 8);
    }

    /** Letters in lower case. Other bytes of a token never become a letter or a dash by it. */
    public static long fold(long word) {
        return word | CASE;
    }

    /**
     * The high bit of each byte that is a control (below space, or DEL); only the lowest set bit is
     * exact.
     */
    public static long controls(long word) {
        long belowSpace = (word - CASE) & ~word;
        long fromDel = word ^ DELS;
        long del = (fromDel - ONES) & ~fromDel;
        return (belowSpace | del) & HIGHS;
    }

    /** The high bit of each byte that is neither a letter nor a dash, all of them exact. */
    public static long notLetterOrDash(long word) {
        long lower = fold(word) & ~HIGHS;
        long fromA = lower + (HIGHS - 'a' * ONES);
        long aboveZ = lower + (HIGHS - ('z' + 1) * ONES);
        long fromDash = ((word & ~HIGHS) ^ ('-' * ONES)) + ~HIGHS;
        return (~((fromA & ~aboveZ) | ~fromDash) | word) & HIGHS;
    }

    /** The position, 0 to 7, of the lowest byte marked in {@code marks}. */
    public static int first(long marks) {
        return Long.numberOfTrailingZeros(marks) >>> 3;
    }

    /** The index of the first control byte in [from, end), or {@code end}. A tab counts as one. */
    public static int controlAt(UnsafeBuffer bytes, int from, int end) {
        int pos = from;
        while (pos + Long.BYTES <= end) {
            long marks = controls(load(bytes, pos));
            if (marks != 0) {
                return pos + first(marks);
            }
            pos += Long.BYTES;
        }
        while (pos < end && !isControl(bytes.getByte(pos))) {
            pos++;
        }
        return pos;
    }

    private static boolean isControl(byte b) {
        return (b >= 0 && b < Ascii.SP) || b == 0x7f;
    }
}
