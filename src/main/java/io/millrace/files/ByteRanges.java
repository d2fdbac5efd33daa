package io.millrace.files;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.Text;
import io.millrace.http.HeaderId;
import io.millrace.http.ListElements;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The parts of a file that a Range field asks for (RFC 9110, section 14); owned by one shard, used
 * again for later requests.
 *
 * <p>Neighbours in the list that overlap or touch become one part. A set that still overlaps after
 * that, or has more parts than {@link #MOST}, is not meant well or not worth it: such a field may
 * be ignored (section 14.2), and is.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class ByteRanges {
    /** The most parts of one answer. */
    public static final int MOST = 16;

    /** The field is to be ignored. */
    public static final int IGNORED = 0;

    /** There are parts to send. */
    public static final int PARTIAL = 1;

    /** No part of the set is in the file. */
    public static final int UNSATISFIABLE = 2;

    private static final byte[] UNIT = "bytes".getBytes(StandardCharsets.US_ASCII);

    private final long[] first = new long[MOST];
    private final long[] last = new long[MOST];
    private int count;

    /** Reads the request's Range field: {@link #IGNORED} when there is none, or several. */
    public int read(FileRequest request, long size) {
        int field = request.single(HeaderId.RANGE);
        return field < 0
                ? IGNORED
                : read(request.bytes, request.offset(field), request.length(field), size);
    }

    /** Reads a Range field's value for a file of that size. */
    int read(UnsafeBuffer bytes, int offset, int length, long size) {
        count = 0;
        int end = offset + length;
        int at = offset + UNIT.length;
        if (length <= UNIT.length
                || !Text.equalsIgnoreCase(bytes, offset, UNIT.length, UNIT)
                || bytes.getByte(at) != '=') {
            return IGNORED;
        }
        int specs = 0;
        at = ListElements.next(bytes, at + 1, end);
        while (at < end) {
            int specEnd = ListElements.end(bytes, at, end);
            if (++specs > MOST || !spec(bytes, at, specEnd, size)) {
                return IGNORED;
            }
            at = ListElements.next(bytes, specEnd, end);
        }
        if (specs == 0 || overlap()) {
            return IGNORED;
        }
        return count == 0 ? UNSATISFIABLE : PARTIAL;
    }

    /** One of {@code 0-99}, {@code 100-} and {@code -50}; false for anything else. */
    private boolean spec(UnsafeBuffer bytes, int from, int end, long size) {
        int dash = from;
        while (dash < end && Ascii.isDigit(bytes.getByte(dash))) {
            dash++;
        }
        if (dash == end || bytes.getByte(dash) != '-') {
            return false;
        }
        boolean open = dash + 1 == end;
        long high = open ? Long.MAX_VALUE : Text.decimal(bytes, dash + 1, end - dash - 1);
        if (dash == from) {
            return !open && high != Text.NOT_A_NUMBER && suffix(high, size);
        }
        long low = Text.decimal(bytes, from, dash - from);
        if (low == Text.NOT_A_NUMBER || high == Text.NOT_A_NUMBER || high < low) {
            return false;
        }
        if (low < size) {
            add(low, Math.min(high, size - 1));
        }
        return true;
    }

    /** The last bytes; of an empty file they are all there is, and that is no range. */
    private boolean suffix(long length, long size) {
        if (length > 0 && size > 0) {
            add(Math.max(0, size - length), size - 1);
        }
        return length == 0 || size > 0;
    }

    private void add(long from, long to) {
        if (count > 0 && from <= last[count - 1] + 1 && to >= first[count - 1] - 1) {
            first[count - 1] = Math.min(first[count - 1], from);
            last[count - 1] = Math.max(last[count - 1], to);
        } else {
            first[count] = from;
            last[count] = to;
            count++;
        }
    }

    private boolean overlap() {
        for (int i = 1; i < count; i++) {
            for (int j = 0; j < i; j++) {
                if (first[i] <= last[j] && first[j] <= last[i]) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Makes one part of the whole. */
    public void whole(long size) {
        first[0] = 0;
        last[0] = size - 1;
        count = 1;
    }

    /** How many parts there are. */
    public int count() {
        return count;
    }

    /** The part's first byte. */
    public long first(int part) {
        return first[part];
    }

    /** The part's last byte. */
    public long last(int part) {
        return last[part];
    }

    /** How long the part is. */
    public long length(int part) {
        return last[part] - first[part] + 1;
    }
}
