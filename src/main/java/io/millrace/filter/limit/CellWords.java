package io.millrace.filter.limit;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * The two words of a limit cell, bit by bit; pure functions, safe from any thread.
 *
 * <pre>
 * key word     0 | tag:40 | version:23      whose the cell is, and which claim made it so
 * state word  00 | time:62                  theoretical arrival time, ns since 1970 (good until 2116)
 *             01 | 0:39 | version:23        nobody's, whatever the key word says
 *              1 | tag:40 | version:23      claimed for the tag, nothing charged yet
 * </pre>
 *
 * <p>A new file is all zeros: cells of the tag 0, which no key has, and whose time is long past. A
 * version counts the claims of its cell, so that no claim is ever mistaken for an earlier one of
 * the same key: it would take a thread that stands still in the midst of a claim while its cell is
 * claimed 8,388,608 times.
 */
@HotPath
@OwnedBy(Role.ANY)
final class CellWords {
    /** Bytes of a cell. */
    static final int CELL_LENGTH = 16;

    /** Where in a cell the key word is. */
    static final int KEY = 0;

    /** Where in a cell the state word is. */
    static final int STATE = 8;

    /** Cells of a bucket, which is one cache line of 64 bytes. */
    static final int WAYS = 4;

    static final int BUCKET_LENGTH = WAYS * CELL_LENGTH;

    private static final int TAG_BITS = 40;
    private static final int VERSION_BITS = 23;
    private static final long TAG_MASK = (1L << TAG_BITS) - 1;
    private static final long VERSION_MASK = (1L << VERSION_BITS) - 1;
    private static final long EMPTY = 1L << 62;

    private CellWords() {}

    /** The tag of a key: its low 40 bits; the high 24 choose the bucket. */
    static long tag(long key) {
        long tag = key & TAG_MASK;
        return tag == 0 ? 1 : tag;
    }

    /** The bucket of a key among {@code 1 << bits}. */
    static int bucket(long key, int bits) {
        return (int) (key >>> TAG_BITS) & ((1 << bits) - 1);
    }

    static long keyWord(long tag, long version) {
        return tag << VERSION_BITS | (version & VERSION_MASK);
    }

    static long claim(long tag, long version) {
        return Long.MIN_VALUE | keyWord(tag, version);
    }

    static long empty(long version) {
        return EMPTY | (version & VERSION_MASK);
    }

    /** The tag of a key word or of a claim. */
    static long tagOf(long word) {
        return (word >>> VERSION_BITS) & TAG_MASK;
    }

    /** The version of a key word, of a claim, or of an empty state. */
    static long versionOf(long word) {
        return word & VERSION_MASK;
    }

    static boolean isClaim(long state) {
        return state < 0;
    }

    static boolean isEmpty(long state) {
        return state >= EMPTY;
    }

    /** Whether version {@code a} was given out before {@code b}, also where the count wrapped. */
    static boolean isOlder(long a, long b) {
        long distance = (b - a) & VERSION_MASK;
        return distance != 0 && distance <= VERSION_MASK >>> 1;
    }
}
