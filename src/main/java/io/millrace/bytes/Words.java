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

    /**
     * The high bit of each byte that no query has, or that is a percent sign; only the lowest set
     * bit is exact.
     */
    public static long notPlainQuery(long word) {
        long belowVisible = (word - ('!' * ONES)) & ~word;
        long aboveVisible = (word + ONES) | word;
        long quoteOrHash = zeros((word | ONES) ^ ('#' * ONES));
        long angle = zeros((word | (2 * ONES)) ^ ('>' * ONES));
        long percent = zeros(word ^ ('%' * ONES));
        return (belowVisible | aboveVisible | quoteOrHash | angle | percent) & HIGHS;
    }

    /**
     * The high bit of each byte that no path has, or that is a percent sign or a dot; only the
     * lowest set bit is exact.
     */
    public static long notPlainPath(long word) {
        long question = zeros(word ^ ('?' * ONES));
        long backslash = zeros(word ^ ('\\' * ONES));
        long dot = zeros(word ^ ('.' * ONES));
        return notPlainQuery(word) | ((question | backslash | dot) & HIGHS);
    }

    /** The high bit of each byte that is none of letter, digit, dash and dot, all of them exact. */
    public static long notHostName(long word) {
        long low = word & ~HIGHS;
        long digit = (low + (HIGHS - '0' * ONES)) & ~(low + (HIGHS - ('9' + 1) * ONES));
        long dot = ~((low ^ ('.' * ONES)) + ~HIGHS);
        return notLetterOrDash(word) & ~((digit | dot) & ~word);
    }

    /** The position, 0 to 7, of the lowest byte marked in {@code marks}. */
    public static int first(long marks) {
        return Long.numberOfTrailingZeros(marks) >>> 3;
    }

    /** The high bit of each byte that is zero; only the lowest set bit is exact. */
    private static long zeros(long word) {
        return (word - ONES) & ~word;
    }
}
