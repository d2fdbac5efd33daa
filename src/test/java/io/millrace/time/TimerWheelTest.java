package io.millrace.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final TimerWheel wheel = new TimerWheel(0);
    private final List<Long> calls = new ArrayList<>();
    private final Timer timer = wheel.timer(calls::add);

    private void advanceTo(long untilNs) {
        wheel.poll(untilNs, NO_LIMIT);
    }

    @Test
    void shouldCallNobodyBeforeTheDeadline() {
        timer.arm(SECOND);
        advanceTo(SECOND - 1);
        assertThat(calls).isEmpty();
        assertThat(timer.isArmed()).isTrue();
    }

    @Test
    void shouldCallOnceNoMoreThanTwoTicksAfterTheDeadline() {
        timer.arm(SECOND);
        advanceTo(SECOND + 2 * TimerWheel.TICK_NS);
        advanceTo(10 * SECOND);
        assertThat(calls).containsExactly(SECOND + 2 * TimerWheel.TICK_NS);
        assertThat(timer.isArmed()).isFalse();
    }

    @Test
    void shouldFollowADeadlineThatMovesLater() {
        timer.arm(SECOND);
        timer.arm(5 * SECOND);
        advanceTo(4 * SECOND);
        assertThat(calls).isEmpty();
        advanceTo(5 * SECOND + 2 * TimerWheel.TICK_NS);
        assertThat(calls).hasSize(1);
    }

    @Test
    void shouldFollowADeadlineThatMovesNearer() {
        timer.arm(100 * SECOND);
        timer.arm(SECOND);
        advanceTo(SECOND + 2 * TimerWheel.TICK_NS);
        assertThat(calls).hasSize(1);
    }

    @Test
    void shouldStayOnePlaceInTheWheelHoweverOftenTheDeadlineMoves() {
        for (int i = 1; i <= 1000; i++) {
            timer.arm(SECOND + i);
        }
        assertThat(wheel.size()).isEqualTo(1);
    }

    @Test
    void shouldForgetADisarmedDeadline() {
        timer.arm(SECOND);
        timer.disarm();
        advanceTo(3 * SECOND);
        assertThat(calls).isEmpty();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void shouldHoldNothingOfAReleasedTimer() {
        timer.arm(SECOND);
        timer.release();
        assertThat(wheel.size()).isZero();
        timer.release();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void shouldMeetADeadlineManyTurnsOfTheWheelAhead() {
        long far = 3600 * SECOND;
        timer.arm(far);
        advanceTo(far - 1);
        assertThat(calls).isEmpty();
        advanceTo(far + 2 * TimerWheel.TICK_NS);
        assertThat(calls).hasSize(1);
    }

    @Test
    void shouldCallAtMostTheLimitInOnePoll() {
        List<Timer> many = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Timer each = wheel.timer(calls::add);
            each.arm(SECOND);
            many.add(each);
        }
        assertThat(wheel.poll(2 * SECOND, 4)).isEqualTo(4);
        assertThat(wheel.poll(2 * SECOND, NO_LIMIT)).isEqualTo(6);
        assertThat(many).noneMatch(Timer::isArmed);
    }

    @Test
    void shouldReadTheClockAtMostOnceATurn() {
        long[] reads = {0};
        ShardClock clock = new ShardClock(() -> ++reads[0]);
        clock.onTurn();
        long first = clock.nowNs();
        assertThat(clock.nowNs()).isEqualTo(first);
        clock.onTurn();
        assertThat(clock.nowNs()).isEqualTo(first + 1);
    }
}
