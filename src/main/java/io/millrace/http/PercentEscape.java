package io.millrace.http;

import io.millrace.bytes.Ascii;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads {@code %XX} (RFC 3986, section 2.1); owned by no thread (pure functions). */
@HotPath
public final class PercentEscape {
    /** Result when the bytes are no escape. */
    public static final int MALFORMED = -1;

    private PercentEscape() {}

    /** The byte, 0 to 255, behind the percent sign at {@code pos}, or {@link #MALFORMED}. */
    public static int valueAt(UnsafeBuffer bytes, int pos, int end) {
        if (pos + 2 >= end) {
            return MALFORMED;
        }
        // A negative digit makes the whole negative.
        int value =
                Ascii.hexValue(bytes.getByte(pos + 1)) << 4
                        | Ascii.hexValue(bytes.getByte(pos + 2));
        return value < 0 ? MALFORMED : value;
    }
}
