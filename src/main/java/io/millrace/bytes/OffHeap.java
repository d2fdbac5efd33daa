package io.millrace.bytes;

import io.millrace.roles.HotPath;
import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * Reads received memory, each read checked against the end that the caller holds; owned by no
 * thread (pure functions).
 *
 * <p>A scan keeps the address and the end in registers, and the check is the one that its loop
 * makes anyway, so that the compiler drops it. Through an {@code UnsafeBuffer}, which may as well
 * wrap an array, address, array and capacity are loaded anew for every read.
 */
@HotPath
public final class OffHeap {
    private static final boolean REVERSED = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

    private OffHeap() {}

    /** The byte at {@code index}, which lies before {@code end}. */
    public static byte byteAt(long memory, int index, int end) {
        if (index < 0 || index >= end) {
            throw outside(index, end);
        }
        return UnsafeApi.getByte(memory + index);
    }

    /** Two bytes, the first of them lowest, both before {@code end}. */
    public static short shortAt(long memory, int index, int end) {
        if (index < 0 || index > end - Short.BYTES) {
            throw outside(index, end);
        }
        short value = UnsafeApi.getShort(memory + index);
        return REVERSED ? Short.reverseBytes(value) : value;
    }

    /** Four bytes, the first of them lowest, all before {@code end}. */
    public static int intAt(long memory, int index, int end) {
        if (index < 0 || index > end - Integer.BYTES) {
            throw outside(index, end);
        }
        int value = UnsafeApi.getInt(memory + index);
        return REVERSED ? Integer.reverseBytes(value) : value;
    }

    /** Eight bytes, the first of them lowest, all before {@code end}. */
    public static long longAt(long memory, int index, int end) {
        if (index < 0 || index > end - Long.BYTES) {
            throw outside(index, end);
        }
        return word(memory, index);
    }

    /** One to eight bytes before {@code end}, the first of them lowest, the rest zero. */
    public static long longAt(long memory, int index, int length, int end) {
        if (index <= end - Long.BYTES) {
            return longAt(memory, index, end) & Words.mask(length);
        }
        long word = 0;
        for (int i = length - 1; i >= 0; i--) {
            word = word << Byte.SIZE | (byteAt(memory, index + i, end) & 0xff);
        }
        return word;
    }

    /** Eight bytes, the first of them lowest, unchecked: for loops whose condition is the check. */
    static long word(long memory, int index) {
        long value = UnsafeApi.getLong(memory + index);
        return REVERSED ? Long.reverseBytes(value) : value;
    }

    /** {@code from}, where a scan up to {@code end} may start. */
    static int checkedStart(int from, int end) {
        if (from < 0) {
            throw outside(from, end);
        }
        return from;
    }

    private static IndexOutOfBoundsException outside(int index, int end) {
        return new IndexOutOfBoundsException("read at " + index + " of " + end);
    }
}
