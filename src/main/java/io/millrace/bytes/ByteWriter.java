package io.millrace.bytes;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes bytes and numbers one after the other into given memory; owned by one shard, wrapped again
 * for each message.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class ByteWriter {
    private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
    private int capacity;
    private int position;
    private boolean overflowed;

    /** Starts at the beginning of {@code capacity} bytes at {@code address}. */
    public void wrap(long address, int capacity) {
        target.wrap(address, capacity);
        this.capacity = capacity;
        position = 0;
        overflowed = false;
    }

    /** Where the next byte goes. */
    public int position() {
        return position;
    }

    /** Goes on writing at {@code p}. */
    public void position(int p) {
        position = p;
    }

    /** Whether something did not fit and was dropped. */
    public boolean overflowed() {
        return overflowed;
    }

    /** Writes one byte. */
    public void put(byte b) {
        if (reserve(1)) {
            target.putByte(position, b);
            position++;
        }
    }

    /** Writes all of {@code src}. */
    public void put(byte[] src) {
        if (reserve(src.length)) {
            target.putBytes(position, src);
            position += src.length;
        }
    }

    /** Writes {@code length} bytes of {@code src}. */
    public void put(byte[] src, int offset, int length) {
        if (reserve(length)) {
            target.putBytes(position, src, offset, length);
            position += length;
        }
    }

    /** Writes {@code length} bytes of {@code src}. */
    public void put(UnsafeBuffer src, int offset, int length) {
        if (reserve(length)) {
            target.putBytes(position, src, offset, length);
            position += length;
        }
    }

    /** Writes a number in decimal. */
    public void putDecimal(long v) {
        int length = decimalLength(v);
        if (!reserve(length)) {
            return;
        }
        int at = position + length;
        // Negative remainders, because Long.MIN_VALUE has no positive counterpart.
        long rest = v < 0 ? v : -v;
        do {
            at--;
            target.putByte(at, (byte) ('0' - rest % 10));
            rest /= 10;
        } while (rest != 0);
        if (v < 0) {
            target.putByte(position, (byte) '-');
        }
        position += length;
    }

    /**
     * Writes a number, taken as unsigned, in lower-case hexadecimal with at least {@code minDigits}
     * digits.
     */
    public void putHex(long v, int minDigits) {
        int significant = (Long.SIZE + 3 - Long.numberOfLeadingZeros(v)) >>> 2;
        int length = Math.max(1, Math.max(minDigits, significant));
        if (!reserve(length)) {
            return;
        }
        long rest = v;
        for (int at = position + length - 1; at >= position; at--) {
            int digit = (int) (rest & 0xf);
            target.putByte(at, (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10));
            rest >>>= 4;
        }
        position += length;
    }

    /**
     * Writes all sixteen hexadecimal digits of a number, in lower case, without a loop over digits.
     *
     * <p>Each half is spread to one nibble a byte; adding 6 to a nibble sets its bit 4 when it is a
     * letter, and letters lie 39 above where the digits would continue.
     */
    public void putHex16(long v) {
        if (reserve(2 * Long.BYTES)) {
            target.putLong(position, hexDigits((int) (v >>> 32)), ByteOrder.BIG_ENDIAN);
            target.putLong(position + Long.BYTES, hexDigits((int) v), ByteOrder.BIG_ENDIAN);
            position += 2 * Long.BYTES;
        }
    }

    private static long hexDigits(int half) {
        long x = half & 0xFFFF_FFFFL;
        x = (x | x << 16) & 0x0000_FFFF_0000_FFFFL;
        x = (x | x << 8) & 0x00FF_00FF_00FF_00FFL;
        x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0FL;
        long letters = (x + 0x0606_0606_0606_0606L) >>> 4 & 0x0101_0101_0101_0101L;
        return x + 0x3030_3030_3030_3030L + letters * ('a' - '0' - 10);
    }

    private boolean reserve(int length) {
        if (length > capacity - position) {
            overflowed = true;
            return false;
        }
        return true;
    }

    private static int decimalLength(long v) {
        int length = v < 0 ? 2 : 1;
        long rest = v < 0 ? v : -v;
        while (rest <= -10) {
            rest /= 10;
            length++;
        }
        return length;
    }
}
