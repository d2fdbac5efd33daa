package io.millrace.http;

import io.millrace.bytes.Ascii;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Brings a path to the one form that routes are matched on (RFC 3986, section 6.2.2); owned by no
 * thread (pure functions).
 *
 * <p>Escapes of unreserved bytes are decoded, the others upper-cased, then dot segments are
 * removed, so that {@code %2e%2e} is the dot segment it would be to an origin. {@code %2F} stays:
 * it is data, not a separator. Slashes are not merged.
 */
@HotPath
public final class PathNormalizer {
    private static final int REFUSED = HeadError.BAD_TARGET.asResult();
    private static final int NOT_AN_ESCAPE = -1;

    private PathNormalizer() {}

    /**
     * Writes the normalised path to the start of {@code dst}, which has room for {@code length}
     * bytes (at least 1) and is other memory than {@code src}.
     *
     * @return the length written, or a negative {@link HeadError#asResult()} for a path that does
     *     not begin with a slash, a bad escape, {@code %00}, or segments that leave the root
     */
    public static int normalize(UnsafeBuffer src, int offset, int length, UnsafeBuffer dst) {
        if (length == 0) {
            dst.putByte(0, (byte) '/');
            return 1;
        }
        if (src.getByte(offset) != '/') {
            return REFUSED;
        }
        int end = offset + length;
        int in = offset;
        int out = 0;
        while (in < end) {
            // A slash ends the segment before it, so a dot segment is known only now.
            dst.putByte(out, (byte) '/');
            int segment = out + 1;
            int segmentEnd = in + 1;
            while (segmentEnd < end && src.getByte(segmentEnd) != '/') {
                segmentEnd++;
            }
            int segmentOut = copySegment(src, in + 1, segmentEnd, dst, segment);
            if (segmentOut < 0) {
                return REFUSED;
            }
            out = afterDots(dst, segment, segmentOut, segmentEnd == end);
            if (out < 0) {
                return REFUSED;
            }
            in = segmentEnd;
        }
        return out;
    }

    /**
     * Decodes and copies one segment; the index in {@code dst} after it, or {@link #NOT_AN_ESCAPE}.
     */
    private static int copySegment(UnsafeBuffer src, int from, int end, UnsafeBuffer dst, int to) {
        int out = to;
        int in = from;
        while (in < end) {
            byte b = src.getByte(in);
            if (b != '%') {
                dst.putByte(out++, b);
                in++;
                continue;
            }
            int value = PercentEscape.valueAt(src, in, end);
            if (value <= 0) {
                return NOT_AN_ESCAPE;
            }
            if (Ascii.isUnreserved((byte) value)) {
                dst.putByte(out++, (byte) value);
            } else {
                dst.putByte(out, b);
                dst.putByte(out + 1, hexDigit(value >>> 4));
                dst.putByte(out + 2, hexDigit(value & 0xf));
                out += 3;
            }
            in += 3;
        }
        return out;
    }

    /**
     * Where to write on after the segment [segment, end) of {@code dst}, whose slash lies before
     * it: behind it, or for a dot segment where its slash (or the parent's slash) was; a last dot
     * segment leaves that slash.
     */
    private static int afterDots(UnsafeBuffer dst, int segment, int end, boolean last) {
        int slash = segment - 1;
        int kept = last ? 1 : 0;
        if (!isDots(dst, segment, end)) {
            return end;
        }
        if (end - segment == 1) {
            return slash + kept;
        }
        int parent = slash - 1;
        while (parent >= 0 && dst.getByte(parent) != '/') {
            parent--;
        }
        return parent < 0 ? REFUSED : parent + kept;
    }

    private static boolean isDots(UnsafeBuffer dst, int from, int end) {
        int length = end - from;
        return (length == 1 || length == 2)
                && dst.getByte(from) == '.'
                && dst.getByte(end - 1) == '.';
    }

    private static byte hexDigit(int value) {
        return (byte) (value < 10 ? '0' + value : 'A' + value - 10);
    }
}
