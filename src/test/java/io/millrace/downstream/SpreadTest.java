package io.millrace.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who is to serve the next connection; owned by the test's thread. */
final class SpreadTest {
    @Test
    void shouldKeepWhatIsAboutEven() {
        Spread spread = new Spread(3, true);
        for (int i = 0; i < 9; i++) {
            assertThat(spread.place(1)).isEqualTo(1);
        }
        assertThat(spread.place(1)).isNotEqualTo(1);
    }

    @Test
    void shouldAllowMoreDifferenceWhereThereAreMore() {
        Spread spread = new Spread(2, true);
        for (int i = 0; i < 1000; i++) {
            spread.place(i % 2);
        }
        for (int i = 0; i < 33; i++) {
            assertThat(spread.place(0)).isZero();
        }
        assertThat(spread.place(0)).isEqualTo(1);
    }

    @Test
    void shouldCountWhatHasLeft() {
        Spread spread = new Spread(2, true);
        for (int i = 0; i < 9; i++) {
            spread.place(0);
        }
        spread.leave(0);
        assertThat(spread.place(0)).isZero();
        assertThat(spread.place(0)).isEqualTo(1);
    }

    @Test
    void shouldRelieveAShardThatIsFarBusier() {
        Spread spread = new Spread(3, true);
        spread.load(0, 900);
        spread.load(1, 500);
        spread.load(2, 300);
        assertThat(spread.place(0)).isEqualTo(2);
        spread.load(2, 800);
        assertThat(spread.place(0)).isZero();
        spread.load(0, 700);
        spread.load(1, 100);
        assertThat(spread.place(0)).as("busier, but not busy").isZero();
    }

    @Test
    void shouldNotGiveAllToTheOneThatWasIdle() {
        Spread spread = new Spread(2, true);
        spread.load(0, 1000);
        spread.load(1, 0);
        int given = 0;
        for (int i = 0; i < 100; i++) {
            given += spread.place(0);
        }
        assertThat(given).as("until the next sample").isBetween(50, 60);
    }

    @Test
    void shouldMoveNothingUnasked() {
        Spread spread = new Spread(2, false);
        spread.load(0, 1000);
        for (int i = 0; i < 100; i++) {
            assertThat(spread.place(0)).isZero();
        }
    }
}
