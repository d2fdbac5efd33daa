package io.millrace.files;

import io.millrace.http.PercentEscape;
import io.millrace.roles.HotPath;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Turns the normalised path of a request into the name of a file; owned by no thread (pure
 * functions).
 *
 * <p>The kernel keeps every look-up beneath the root; what is refused here is what would have a
 * second meaning: a slash or backslash that was escaped, control characters, empty segments (the
 * kernel takes {@code a//b} for {@code a/b}, routes do not) and dot segments, of which a normalised
 * path has none.
 */
@HotPath
final class FilePath {
    private static final byte[] WELL_KNOWN = ".well-known".getBytes(StandardCharsets.US_ASCII);

    /** PATH_MAX: the kernel knows no longer names. */
    private static final int LONGEST = 4096;

    private FilePath() {}

    /** Writes the name into the key; false when the path can be no name of a file here. */
    static boolean decode(UnsafeBuffer path, int offset, int length, FileSite site, FileKey into) {
        if (length > LONGEST) {
            return false;
        }
        into.start(site, length);
        int end = offset + length;
        int at = afterPrefix(path, offset, end, site.stripPrefix());
        if (at == end || path.getByte(at) != '/') {
            return false;
        }
        while (at < end) {
            // At the slash before a segment.
            int segment = into.length();
            at = segment(path, at + 1, end, into);
            if (at < 0 || !isAllowed(into, segment, at == end, site.hasDotFiles())) {
                return false;
            }
            if (at < end) {
                into.append((byte) '/');
            }
        }
        return true;
    }

    private static int afterPrefix(UnsafeBuffer path, int offset, int end, byte[] prefix) {
        if (prefix.length > end - offset) {
            return end;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (path.getByte(offset + i) != prefix[i]) {
                return end;
            }
        }
        return offset + prefix.length;
    }

    /** Decodes up to the next slash; where that is, or -1 for a byte that has no place here. */
    private static int segment(UnsafeBuffer path, int from, int end, FileKey into) {
        int at = from;
        while (at < end && path.getByte(at) != '/') {
            int b = path.getByte(at) & 0xff;
            if (b == '%') {
                b = PercentEscape.valueAt(path, at, end);
                at += 2;
            }
            if (b < ' ' || b == 0x7f || b == '/' || b == '\\') {
                return -1;
            }
            into.append((byte) b);
            at++;
        }
        return at;
    }

    private static boolean isAllowed(FileKey key, int from, boolean last, boolean dotFiles) {
        byte[] path = key.path();
        int length = key.length() - from;
        if (length == 0) {
            return last;
        }
        if (path[from] != '.') {
            return true;
        }
        boolean dots = length == 1 || (length == 2 && path[from + 1] == '.');
        // RFC 8615: what is well known lies there to be found.
        return !dots && (dotFiles || (from == 0 && isWellKnown(path, length)));
    }

    private static boolean isWellKnown(byte[] path, int length) {
        if (length != WELL_KNOWN.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (path[i] != WELL_KNOWN[i]) {
                return false;
            }
        }
        return true;
    }
}
