package io.millrace.config.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class UnitsTest {
    @Test
    void shouldReadEveryUnit() {
        assertThat(Units.parseDuration("50us")).isEqualTo(Duration.ofNanos(50_000));
        assertThat(Units.parseDuration("250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(Units.parseDuration("5s")).isEqualTo(Duration.ofSeconds(5));
        assertThat(Units.parseDuration("10m")).isEqualTo(Duration.ofMinutes(10));
        assertThat(Units.parseDuration("1h")).isEqualTo(Duration.ofHours(1));
        assertThat(Units.parseDuration("30d")).isEqualTo(Duration.ofDays(30));
        assertThat(Units.parseDuration("0")).isEqualTo(Duration.ZERO);
        assertThat(Units.parseSize("512B")).isEqualTo(512);
        assertThat(Units.parseSize("64KiB")).isEqualTo(65_536);
        assertThat(Units.parseSize("1MiB")).isEqualTo(1_048_576);
        assertThat(Units.parseSize("2GiB")).isEqualTo(2_147_483_648L);
        assertThat(Units.parseSize("0")).isZero();
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Units.parseSize("9999999999999TiB"))
                .withMessage("\"9999999999999TiB\" is too large for a size");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Units.parseDuration("1.5s"))
                .withMessageStartingWith("\"1.5s\" is not a duration");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Units.parseDuration("10 s"))
                .withMessageStartingWith("\"10 s\" is not a duration");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Units.parseDuration("10µs"))
                .withMessageStartingWith("\"10µs\" has the unknown unit \"µs\"; write 10us (");
    }

    @Property
    void shouldReadBackWhatItWrites(@ForAll @LongRange(min = 0, max = 1L << 50) long value) {
        assertThat(Units.parseSize(Units.format(value))).isEqualTo(value);
        Duration duration = Duration.of(value, ChronoUnit.MICROS);
        assertThat(Units.parseDuration(Units.format(duration))).isEqualTo(duration);
    }
}
