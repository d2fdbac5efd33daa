package io.millrace.observe;

/**
 * The histogram buckets of request durations; owned by no thread (constants).
 *
 * <p>Each bound is at least twice the one before, so among the numbers of one bit length there is
 * at most one bound: a table by bit length and one comparison find the bucket.
 */
public final class DurationBuckets {
    private static final long[] UPPER_BOUNDS_NS = {
        500_000L,
        1_000_000L,
        2_500_000L,
        5_000_000L,
        10_000_000L,
        25_000_000L,
        50_000_000L,
        100_000_000L,
        250_000_000L,
        500_000_000L,
        1_000_000_000L,
        2_500_000_000L,
        5_000_000_000L,
        10_000_000_000L,
        30_000_000_000L,
        Long.MAX_VALUE
    };

    /** How many buckets there are, the last one without bound included. */
    public static final int COUNT = UPPER_BOUNDS_NS.length;

    private static final byte[] FIRST_BY_LEADING_ZEROS = firstByLeadingZeros();

    private DurationBuckets() {}

    /** The bucket of a duration; its upper bound belongs to it. Below 0 counts as 0. */
    static int indexOf(long durationNs) {
        int first = FIRST_BY_LEADING_ZEROS[Long.numberOfLeadingZeros(Math.max(durationNs, 0))];
        return durationNs > UPPER_BOUNDS_NS[first] ? first + 1 : first;
    }

    /** The bucket's upper bound in nanoseconds, {@code Long.MAX_VALUE} for the last. */
    public static long upperBoundNs(int index) {
        return UPPER_BOUNDS_NS[index];
    }

    /** The bucket's upper bound in seconds, infinite for the last. */
    public static double upperBoundSeconds(int index) {
        return index == COUNT - 1 ? Double.POSITIVE_INFINITY : UPPER_BOUNDS_NS[index] / 1e9;
    }

    private static byte[] firstByLeadingZeros() {
        byte[] first = new byte[Long.SIZE + 1];
        for (int zeros = 1; zeros <= Long.SIZE; zeros++) {
            long smallest = zeros == Long.SIZE ? 0 : 1L << (Long.SIZE - 1 - zeros);
            int bucket = 0;
            while (smallest > UPPER_BOUNDS_NS[bucket]) {
                bucket++;
            }
            first[zeros] = (byte) bucket;
        }
        return first;
    }
}
