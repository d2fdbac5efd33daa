package io.millrace.observe;

import io.millrace.outcome.Outcome;

/**
 * Numbers that say in a counters file what a counter counts; owned by no thread (constants).
 *
 * <p>Shard metrics and outcomes come first and at fixed ids, so that their place needs no look-up.
 * Changing a number here, or the order of one of the enums behind them, needs a new {@link
 * CounterFile#VERSION}.
 */
final class CounterType {
    /** Plus the ordinal of a {@link ShardMetric}; id equals that ordinal. */
    static final int SHARD = 1000;

    /** Plus the ordinal of an {@link Outcome}. */
    static final int OUTCOME = 2000;

    /** First key is the method's id, second the status; the label names listener and route. */
    static final int REQUESTS = 3001;

    /** First key is an index of {@link DurationBuckets}. */
    static final int DURATION_BUCKET = 3002;

    static final int DURATION_SUM_NS = 3003;
    static final int BYTES_RECEIVED = 3004;
    static final int BYTES_SENT = 3005;

    /** Plus the ordinal of an {@link UpstreamMetric}; the label is the upstream's name. */
    static final int UPSTREAM = 4000;

    /** Plus the ordinal of a {@link TunnelMetric}; the label names listener and upstream. */
    static final int TUNNEL = 6000;

    /** Takes what cannot be counted in single increments when the file is full; never shown. */
    static final int DISCARDED = 5000;

    static final int FIRST_KEY_OFFSET = 0;
    static final int SECOND_KEY_OFFSET = Integer.BYTES;
    static final int KEY_LENGTH = 2 * Integer.BYTES;

    private CounterType() {}

    /** Whether the counter grows by one at a time, so that its overflow can be counted. */
    static boolean isIncrement(int type) {
        return type == REQUESTS
                || type == DURATION_BUCKET
                || type == TUNNEL + TunnelMetric.CONNECTIONS.ordinal()
                || (type >= UPSTREAM
                        && type < UPSTREAM + UpstreamMetric.count()
                        && !UpstreamMetric.of(type - UPSTREAM).gauge());
    }
}
