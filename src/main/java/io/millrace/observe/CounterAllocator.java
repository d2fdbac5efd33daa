package io.millrace.observe;

import io.millrace.outcome.Outcome;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * Hands out the counters of one file until it is full; owned by one shard.
 *
 * <p>What finds no room later shares two counters: single increments go to {@link
 * ShardMetric#COUNTER_OVERFLOW}, where they are seen; sums and gauges go where nobody looks, since
 * added up they would mean nothing.
 */
@OwnedBy(Role.SHARD)
final class CounterAllocator {
    /** Counters that every file holds from the start. */
    static final int FIXED = ShardMetric.count() + Outcome.values().length + 1;

    private final CountersManager counters;
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[CounterType.KEY_LENGTH]);
    private final int discarded;
    private int free;

    CounterAllocator(CounterFile file) {
        counters = new CountersManager(file.metadata(), file.values(), StandardCharsets.UTF_8);
        free = file.values().capacity() / CountersReader.COUNTER_LENGTH;
        if (free < FIXED) {
            throw new IllegalArgumentException("a counters file needs room for " + FIXED);
        }
        for (int i = 0; i < ShardMetric.count(); i++) {
            newCounter(CounterType.SHARD + i, 0, 0, labelBytes(ShardMetric.of(i).label()));
        }
        for (Outcome outcome : Outcome.values()) {
            newCounter(CounterType.OUTCOME + outcome.ordinal(), 0, 0, labelBytes(outcome.label()));
        }
        discarded = newCounter(CounterType.DISCARDED, 0, 0, labelBytes("discarded"));
    }

    /** Place of a shard metric's value in the values buffer. */
    static int offsetOf(ShardMetric metric) {
        return CountersReader.counterOffset(metric.ordinal());
    }

    /** Place of an outcome's value in the values buffer. */
    static int offsetOf(Outcome outcome) {
        return CountersReader.counterOffset(ShardMetric.count() + outcome.ordinal());
    }

    /** Encodes a label, cut where Agrona's layout ends. */
    static UnsafeBuffer labelBytes(String label) {
        byte[] encoded = label.getBytes(StandardCharsets.UTF_8);
        return new UnsafeBuffer(
                encoded, 0, Math.min(encoded.length, CountersReader.MAX_LABEL_LENGTH));
    }

    boolean isFull() {
        return free == 0;
    }

    /** Place of a new counter's value, or of the shared one when the file is full. */
    int allocate(int type, int firstKey, int secondKey, UnsafeBuffer label) {
        return isFull() ? shared(type) : newCounter(type, firstKey, secondKey, label);
    }

    /** Place of the value that stands in for counters of this type that found no room. */
    int shared(int type) {
        return CounterType.isIncrement(type) ? offsetOf(ShardMetric.COUNTER_OVERFLOW) : discarded;
    }

    private int newCounter(int type, int firstKey, int secondKey, UnsafeBuffer label) {
        key.putInt(CounterType.FIRST_KEY_OFFSET, firstKey);
        key.putInt(CounterType.SECOND_KEY_OFFSET, secondKey);
        free--;
        return CountersReader.counterOffset(
                counters.allocate(
                        type, key, 0, CounterType.KEY_LENGTH, label, 0, label.capacity()));
    }
}
