package io.millrace.bytes;

import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/** Compares and reads short ASCII texts in place; owned by no thread (pure functions). */
@HotPath
public final class Text {
    /** Result of {@link #decimal} for anything but 1 to 18 digits. */
    public static final long NOT_A_NUMBER = -1;

    private static final int MOST_DIGITS = 18;

    private Text() {}

    /** Whether the bytes are {@code lower}, which is in lower case, in whatever case. */
    public static boolean equalsIgnoreCase(
            UnsafeBuffer bytes, int offset, int length, byte[] lower) {
        if (length != lower.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (Ascii.toLower(bytes.getByte(offset + i)) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether two runs of bytes are the same in whatever case. */
    public static boolean equalsIgnoreCase(
            UnsafeBuffer a, int aOffset, int aLength, UnsafeBuffer b, int bOffset, int bLength) {
        if (aLength != bLength) {
            return false;
        }
        for (int i = 0; i < aLength; i++) {
            if (Ascii.toLower(a.getByte(aOffset + i)) != Ascii.toLower(b.getByte(bOffset + i))) {
                return false;
            }
        }
        return true;
    }

    /** The number written in 1 to 18 decimal digits and nothing else, or {@link #NOT_A_NUMBER}. */
    public static long decimal(UnsafeBuffer bytes, int offset, int length) {
        if (length == 0 || length > MOST_DIGITS) {
            return NOT_A_NUMBER;
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            byte b = bytes.getByte(offset + i);
            if (!Ascii.isDigit(b)) {
                return NOT_A_NUMBER;
            }
            value = value * 10 + (b - '0');
        }
        return value;
    }
}
