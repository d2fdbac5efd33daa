package io.millrace.bytes;

import io.millrace.roles.HotPath;

/**
 * Finds where a run of bytes ends in received memory, eight bytes at once; owned by no thread (pure
 * functions).
 *
 * <p>The condition of each loop is all that keeps it inside the memory. A check per read as well
 * made the compiler split the loops in three, which cost more than the few words they look at.
 */
@HotPath
public final class Scan {
    private Scan() {}

    /**
     * The index of the first byte in [from, end) that is neither a letter nor a dash, or, when
     * there is none, an index from which on fewer than eight bytes are left to look at.
     */
    public static int lettersEnd(long memory, int from, int end) {
        int pos = OffHeap.checkedStart(from, end);
        int last = end - Long.BYTES;
        while (pos <= last) {
            long marks = Words.notLetterOrDash(OffHeap.word(memory, pos));
            if (marks != 0) {
                return pos + Words.first(marks);
            }
            pos += Long.BYTES;
        }
        return pos;
    }

    /** The index of the first control byte in [from, end), or {@code end}. A tab counts as one. */
    public static int controlAt(long memory, int from, int end) {
        int pos = OffHeap.checkedStart(from, end);
        int last = end - Long.BYTES;
        while (pos <= last) {
            long marks = Words.controls(OffHeap.word(memory, pos));
            if (marks != 0) {
                return pos + Words.first(marks);
            }
            pos += Long.BYTES;
        }
        while (pos < end && !Ascii.isControl(OffHeap.byteAt(memory, pos, end))) {
            pos++;
        }
        return pos;
    }

    /** The first byte that no path has, or that is a percent sign or a dot; or {@code end}. */
    public static int plainPathEnd(long memory, int from, int end) {
        int pos = OffHeap.checkedStart(from, end);
        int last = end - Long.BYTES;
        while (pos <= last) {
            long marks = Words.notPlainPath(OffHeap.word(memory, pos));
            if (marks != 0) {
                return pos + Words.first(marks);
            }
            pos += Long.BYTES;
        }
        while (pos < end && Ascii.isPlainPath(OffHeap.byteAt(memory, pos, end))) {
            pos++;
        }
        return pos;
    }

    /** The first byte that no query has, or that is a percent sign; or {@code end}. */
    public static int plainQueryEnd(long memory, int from, int end) {
        int pos = OffHeap.checkedStart(from, end);
        int last = end - Long.BYTES;
        while (pos <= last) {
            long marks = Words.notPlainQuery(OffHeap.word(memory, pos));
            if (marks != 0) {
                return pos + Words.first(marks);
            }
            pos += Long.BYTES;
        }
        while (pos < end && Ascii.isPlainQuery(OffHeap.byteAt(memory, pos, end))) {
            pos++;
        }
        return pos;
    }
}
