package io.millrace.filter.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.filter.limit.RateLimit.OnFull;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RateLimitTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void shouldTakeFractionalRatesByTheirDigits() {
        assertThat(interval(5, Duration.ofMinutes(1))).isEqualTo(12_000_000_000L);
        assertThat(interval(0.3, SECOND)).isEqualTo(3_333_333_334L);
        assertThat(interval(0.1, SECOND)).isEqualTo(10_000_000_000L);
        assertThat(interval(1000, SECOND)).isEqualTo(1_000_000);
        assertThat(interval(1_000_000, SECOND)).isEqualTo(1000);
    }

    @Test
    void shouldNeverExceedTheRate() {
        for (double rate : new double[] {3, 7, 0.7, 333_333, 700_000, 999_999}) {
            double reached = 1e9 / interval(rate, SECOND);
            assertThat(reached).isBetween(rate * 0.999, rate);
        }
    }

    @Test
    void shouldSayWhatIsWrongAndWhatWouldBeRight() {
        refuses(0, SECOND, 1, "limit api: rate 0.0 is not a number above 0");
        refuses(Double.NaN, SECOND, 1, "limit api: rate NaN is not a number above 0");
        refuses(1_000_001, SECOND, 1, "above the highest, 1000000/s");
        refuses(5, Duration.ZERO, 1, "it must be per PT0.001S to PT8784H");
        refuses(5, SECOND, 0, "burst 0 is not within 1 to 1000000000");
        refuses(1e-300, SECOND, 1, "raise the rate or lower burst or queue");
        refuses(1, SECOND, 1_000_000_000, "takes longer than 366 days for 1000000000 requests");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimit.leakyBucket("api", 1, SECOND, -1, OnFull.ADMIT))
                .withMessageContaining("queue -1 is not within 0 to 999999999");
    }

    @Test
    void shouldKeepItsStateUnderItsName() {
        RateLimit slow = RateLimit.tokenBucket("api", 1, SECOND, 1, OnFull.ADMIT);
        RateLimit fast = RateLimit.tokenBucket("api", 100, SECOND, 50, OnFull.ADMIT);
        RateLimit other = RateLimit.tokenBucket("web", 1, SECOND, 1, OnFull.ADMIT);
        assertThat(slow.id()).isEqualTo(fast.id()).isNotEqualTo(other.id());
    }

    private static long interval(double rate, Duration per) {
        return RateLimit.tokenBucket("api", rate, per, 1, OnFull.REFUSE).intervalNs();
    }

    private static void refuses(double rate, Duration per, int burst, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimit.tokenBucket("api", rate, per, burst, OnFull.ADMIT))
                .withMessageContaining(message);
    }
}
