package io.millrace.time;

import java.time.Instant;

/** The calendar time, for dates that people and other programs read; safe from any thread. */
public final class WallClock {
    private WallClock() {}

    /** Milliseconds since 1970-01-01 UTC. */
    public static long epochMillis() {
        return System.currentTimeMillis();
    }

    /** The same as an instant. */
    public static Instant now() {
        return Instant.ofEpochMilli(epochMillis());
    }

    /** Monotonic nanoseconds for code that is not on a shard. */
    public static long monotonicNs() {
        return System.nanoTime();
    }
}
