package io.millrace.filter.limit;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One rate limit, checked and turned into nanoseconds; immutable, safe from any thread.
 *
 * <p>Both algorithms are the same GCRA over one time: a token bucket of {@code burst} lets pass at
 * once what a leaky bucket of {@code queue = burst - 1} lets pass one by one. The interval between
 * two requests is rounded up to whole nanoseconds, so a rate is never exceeded, and is missed by
 * less than 1 ns in each interval: 0.1 % at 1,000,000/s, 0.0001 % at 1,000/s, nothing at 5/m.
 */
@OwnedBy(Role.ANY)
public final class RateLimit {
    /** What happens to a request within the burst or queue; owned by no thread (constants). */
    public enum Algorithm {
        /** Passes at once. */
        TOKEN_BUCKET,
        /** Waits until its turn at the constant rate. */
        LEAKY_BUCKET
    }

    /** What happens to a key that finds no cell; owned by no thread (constants). */
    public enum OnFull {
        /** It passes uncounted. */
        ADMIT,
        /** It is refused. */
        REFUSE
    }

    /** The highest rate, in requests a second. */
    public static final int HIGHEST_RATE = 1_000_000;

    /** The longest time for a bucket to fill or a queue to empty. */
    public static final Duration LONGEST_SPAN = Duration.ofDays(366);

    private static final Duration SHORTEST_UNIT = Duration.ofMillis(1);
    private static final BigDecimal SHORTEST_INTERVAL_NS =
            BigDecimal.valueOf(1_000_000_000 / HIGHEST_RATE);
    private static final int MOST_REQUESTS = 1_000_000_000;

    private final String name;
    private final Algorithm algorithm;
    private final OnFull onFull;
    private final int capacity;
    private final long id;
    private final long intervalNs;

    private RateLimit(
            String name, Algorithm algorithm, OnFull onFull, int capacity, long intervalNs) {
        this.name = name;
        this.algorithm = algorithm;
        this.onFull = onFull;
        this.capacity = capacity;
        this.intervalNs = intervalNs;
        this.id = idOf(name);
    }

    /**
     * Admits {@code burst} at once after a pause, and {@code rate} per {@code per} in the long run.
     */
    public static RateLimit tokenBucket(
            String name, double rate, Duration per, int burst, OnFull onFull) {
        check(name, "burst", burst, 1, MOST_REQUESTS);
        return of(name, Algorithm.TOKEN_BUCKET, rate, per, burst, onFull);
    }

    /** Lets requests go at {@code rate} per {@code per}, while at most {@code queue} wait. */
    public static RateLimit leakyBucket(
            String name, double rate, Duration per, int queue, OnFull onFull) {
        check(name, "queue", queue, 0, MOST_REQUESTS - 1);
        return of(name, Algorithm.LEAKY_BUCKET, rate, per, queue + 1, onFull);
    }

    /** As configured; a key's state is kept under it. */
    public String name() {
        return name;
    }

    public Algorithm algorithm() {
        return algorithm;
    }

    public OnFull onFull() {
        return onFull;
    }

    /**
     * How many requests of cost 1 are admitted after a pause: burst, or queue and the one ahead.
     */
    public int capacity() {
        return capacity;
    }

    /** The time between two requests at the constant rate. */
    public long intervalNs() {
        return intervalNs;
    }

    /** The time in which an empty bucket fills, or a full queue empties. */
    public long spanNs() {
        return intervalNs * capacity;
    }

    /** Stands for the name in a key's hash. */
    long id() {
        return id;
    }

    private static RateLimit of(
            String name, Algorithm algorithm, double rate, Duration per, int most, OnFull onFull) {
        long intervalNs = intervalNs(name, rate, per);
        if (intervalNs > LONGEST_SPAN.toNanos() / most) {
            throw invalid(
                    name,
                    "takes longer than "
                            + LONGEST_SPAN.toDays()
                            + " days for "
                            + most
                            + " requests at this rate; raise the rate or lower burst or queue");
        }
        return new RateLimit(name, algorithm, onFull, most, intervalNs);
    }

    private static long intervalNs(String name, double rate, Duration per) {
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw invalid(name, "rate " + rate + " is not a number above 0");
        }
        if (per.compareTo(SHORTEST_UNIT) < 0 || per.compareTo(LONGEST_SPAN) > 0) {
            throw invalid(
                    name,
                    "rate is per "
                            + per
                            + "; it must be per "
                            + SHORTEST_UNIT
                            + " to "
                            + LONGEST_SPAN);
        }
        // by the decimal digits as written: 0.3 is three tenths, not its nearest double
        BigDecimal requests = BigDecimal.valueOf(rate);
        BigDecimal unitNs = BigDecimal.valueOf(per.toNanos());
        if (requests.multiply(SHORTEST_INTERVAL_NS).compareTo(unitNs) > 0) {
            throw invalid(
                    name,
                    "rate "
                            + rate
                            + " per "
                            + per
                            + " is above the highest, "
                            + HIGHEST_RATE
                            + "/s");
        }
        BigDecimal interval = unitNs.divide(requests, 0, RoundingMode.CEILING);
        return interval.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValueExact();
    }

    private static void check(String name, String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw invalid(name, what + ' ' + value + " is not within " + least + " to " + most);
        }
    }

    private static IllegalArgumentException invalid(String name, String what) {
        return new IllegalArgumentException("limit " + name + ": " + what);
    }

    private static long idOf(String name) {
        // a fixed key: names are the operator's, and must mean the same in every file
        KeyHash hash = new KeyHash(0, 0);
        hash.begin(0);
        hash.add(new UnsafeBuffer(name.getBytes(StandardCharsets.UTF_8)));
        return hash.end();
    }
}
