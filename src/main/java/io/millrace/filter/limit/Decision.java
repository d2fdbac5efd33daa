package io.millrace.filter.limit;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.jspecify.annotations.Nullable;

/**
 * What a limit said about one request, and how it came to that; owned by one shard, used again for
 * every request.
 *
 * <p>The generic cell rate algorithm (ITU-T I.371, annex A): a key's whole state is the time at
 * which its bucket is full again (or its queue empty); a request moves that time on by its cost,
 * and conforms when the time then is no further ahead than the bucket's span.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class Decision {
    /** The retry delay of a request whose cost no bucket of the limit can ever hold. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Further ahead than this past its span, a time was written under a clock since put back. */
    static final long CLOCK_SLACK_NS = 1_000_000_000L;

    private @Nullable RateLimit limit;
    private long intervalNs;
    private long spanNs;
    private long nowNs;
    private long stepNs;
    private boolean queues;

    private boolean admitted;
    private boolean counted;
    private long aheadNs;
    private long delayNs;
    private long retryAfterNs;

    /** Whether the request may go on, now or after {@link #delayNs}. */
    public boolean admitted() {
        return admitted;
    }

    /** False when no cell was free and {@code onFull} decided. */
    public boolean counted() {
        return counted;
    }

    /** How long an admitted request must wait first; more than 0 for a leaky bucket only. */
    public long delayNs() {
        return delayNs;
    }

    /** When a refused request of this cost would be admitted at the earliest, or {@link #NEVER}. */
    public long retryAfterNs() {
        return retryAfterNs;
    }

    /** How many requests of cost 1 would be admitted now. */
    public int remaining() {
        return (int) ((spanNs - Math.min(aheadNs, spanNs)) / intervalNs);
    }

    /** How long until the bucket is full again, or the queue empty. */
    public long resetNs() {
        return aheadNs;
    }

    /** The limit that decided; null before the first decision. */
    public @Nullable RateLimit limit() {
        return limit;
    }

    void begin(RateLimit of, long now, int cost) {
        limit = of;
        intervalNs = of.intervalNs();
        spanNs = of.spanNs();
        nowNs = now;
        stepNs = cost * intervalNs;
        queues = of.algorithm() == RateLimit.Algorithm.LEAKY_BUCKET;
    }

    /**
     * Decides over a key whose time is {@code timeNs}, and returns what the time is to be: the same
     * when the request is refused, unless the clock was put back. Then the bucket counts as emptied
     * at this moment: what it held is not known, and so a step of the clock costs a key no more
     * than one span.
     */
    long advance(long timeNs) {
        if (timeNs - nowNs > spanNs + CLOCK_SLACK_NS) {
            refuse(spanNs);
            return nowNs + spanNs;
        }
        long startNs = Math.max(timeNs, nowNs);
        long nextNs = startNs + stepNs;
        if (nextNs - nowNs > spanNs) {
            refuse(startNs - nowNs);
            return timeNs;
        }
        admitted = true;
        counted = true;
        aheadNs = nextNs - nowNs;
        delayNs = queues ? startNs - nowNs : 0;
        retryAfterNs = 0;
        return nextNs;
    }

    /** No cell was free; the soonest may be in {@code freeInNs}. */
    void full(boolean admit, long freeInNs) {
        admitted = admit;
        counted = false;
        aheadNs = 0;
        delayNs = 0;
        retryAfterNs = admit ? 0 : freeInNs;
    }

    /** The cost is more than the limit can ever hold. */
    void never() {
        refuse(0);
        retryAfterNs = NEVER;
    }

    private void refuse(long ahead) {
        admitted = false;
        counted = true;
        aheadNs = ahead;
        delayNs = 0;
        retryAfterNs = ahead + stepNs - spanNs;
    }
}
