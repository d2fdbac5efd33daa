package io.millrace.route;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Compares, hashes and scans bytes eight at a time; pure functions, safe from any thread.
 *
 * <p>Nothing is read outside the wrapped bytes. The "folded" functions treat A to Z as a to z.
 */
@HotPath
@OwnedBy(Role.ANY)
final class Words {
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final long SLASHES = EACH * '/';
    private static final long PRIME = 0x9e3779b97f4a7c15L;

    private Words() {}

    /** The next {@code remaining} bytes, at most eight, the first one lowest, zero-padded. */
    static long word(UnsafeBuffer bytes, int offset, int remaining) {
        if (remaining >= Long.BYTES) {
            return bytes.getLong(offset);
        }
        if (offset + Long.BYTES <= bytes.capacity()) {
            return bytes.getLong(offset) & (1L << (remaining << 3)) - 1;
        }
        long word = 0;
        for (int i = remaining - 1; i >= 0; i--) {
            word = (word << 8) | (bytes.getByte(offset + i) & 0xff);
        }
        return word;
    }

    /** Where the next slash is, or {@code end}. */
    static int indexOfSlash(UnsafeBuffer bytes, int from, int end) {
        for (int i = from; i < end; i += Long.BYTES) {
            long difference = word(bytes, i, end - i) ^ SLASHES;
            long found = difference - EACH & ~difference & HIGH;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        return end;
    }

    static int hash(UnsafeBuffer bytes, int offset, int length) {
        long sum = length;
        for (int i = 0; i < length; i += Long.BYTES) {
            sum = mix(sum, word(bytes, offset + i, length - i));
        }
        return (int) (sum ^ sum >>> 32);
    }

    static int foldedHash(UnsafeBuffer bytes, int offset, int length) {
        long sum = length;
        for (int i = 0; i < length; i += Long.BYTES) {
            sum = mix(sum, fold(word(bytes, offset + i, length - i)));
        }
        return (int) (sum ^ sum >>> 32);
    }

    static boolean equal(UnsafeBuffer a, int aOffset, UnsafeBuffer b, int bOffset, int length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            if (word(a, aOffset + i, length - i) != word(b, bOffset + i, length - i)) {
                return false;
            }
        }
        return true;
    }

    /** As {@link #equal}; {@code lower} is in lower case already. */
    static boolean foldedEqual(
            UnsafeBuffer lower, int lowerOffset, UnsafeBuffer b, int bOffset, int length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            if (word(lower, lowerOffset + i, length - i)
                    != fold(word(b, bOffset + i, length - i))) {
                return false;
            }
        }
        return true;
    }

    /** Sets bit 5 of each byte that is A to Z. */
    static long fold(long word) {
        long low = word & ~HIGH;
        long fromA = low + EACH * (0x80 - 'A');
        long beyondZ = low + EACH * (0x7f - 'Z');
        long upper = (fromA ^ beyondZ) & ~word & HIGH;
        return word | upper >>> 2;
    }

    private static long mix(long sum, long word) {
        long product = (sum ^ word) * PRIME;
        return product ^ product >>> 29;
    }
}
