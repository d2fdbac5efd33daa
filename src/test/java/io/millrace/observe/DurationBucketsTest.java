package io.millrace.observe;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DurationBucketsTest {
    @Test
    void shouldPutAnUpperBoundIntoItsOwnBucketAndTheNextNanosecondBehind() {
        for (int i = 0; i < DurationBuckets.COUNT - 1; i++) {
            long bound = DurationBuckets.upperBoundNs(i);
            assertThat(DurationBuckets.indexOf(bound - 1)).isEqualTo(i);
            assertThat(DurationBuckets.indexOf(bound)).isEqualTo(i);
            assertThat(DurationBuckets.indexOf(bound + 1)).isEqualTo(i + 1);
        }
    }

    @Test
    void shouldTakeEveryLong() {
        assertThat(DurationBuckets.indexOf(0)).isZero();
        assertThat(DurationBuckets.indexOf(-1)).isZero();
        assertThat(DurationBuckets.indexOf(Long.MIN_VALUE)).isZero();
        assertThat(DurationBuckets.indexOf(Long.MAX_VALUE)).isEqualTo(DurationBuckets.COUNT - 1);
    }

    @Test
    void shouldDoubleFromBoundToBoundAtLeast() {
        for (int i = 1; i < DurationBuckets.COUNT; i++) {
            assertThat(DurationBuckets.upperBoundNs(i))
                    .isGreaterThanOrEqualTo(2 * DurationBuckets.upperBoundNs(i - 1));
        }
    }

    @Property
    void shouldAgreeWithASearchOneByOne(@ForAll @LongRange(max = 60_000_000_000L) long ns) {
        int expected = 0;
        while (ns > DurationBuckets.upperBoundNs(expected)) {
            expected++;
        }
        assertThat(DurationBuckets.indexOf(ns)).isEqualTo(expected);
    }
}
