package io.millrace.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a loop searches, and when it gives up; owned by the test's thread. */
final class SpinTest {
    private static final long LIMIT_NS = 50_000;

    private final Spin spin = new Spin(LIMIT_NS);
    // The clock may pass its largest value at any time.
    private long nowNs = Long.MAX_VALUE - LIMIT_NS / 2;

    @Test
    void shouldSearchAfterEventsUntilTheLimit() {
        assertThat(spin.isSearching()).isFalse();
        spin.onEvents();
        assertThat(spin.isSearching()).isTrue();
        nothing(0);
        nothing(LIMIT_NS - 1);
        assertThat(spin.isSearching()).isTrue();
        nothing(1);
        assertThat(spin.isSearching()).isFalse();
    }

    @Test
    void shouldCountTheTimeFromTheFirstVainTurn() {
        spin.onEvents();
        // However long the turn with the events took.
        nothing(10 * LIMIT_NS);
        assertThat(spin.isSearching()).isTrue();
    }

    @Test
    void shouldSearchForTheWholeTimeAgainAfterEvents() {
        spin.onEvents();
        nothing(0);
        nothing(LIMIT_NS - 1);
        spin.onEvents();
        nothing(1);
        nothing(LIMIT_NS - 1);
        assertThat(spin.isSearching()).isTrue();
    }

    @Test
    void shouldSearchLessOftenInVain() {
        for (int sleeps : new int[] {1, 3, 7, 15, 31, 63, 63, 63}) {
            searchInVain();
            for (int i = 0; i < sleeps; i++) {
                spin.onEvents();
                assertThat(spin.isSearching()).as("of %d, after %d", sleeps, i).isFalse();
            }
            spin.onEvents();
            assertThat(spin.isSearching()).as("after %d", sleeps).isTrue();
        }
    }

    @Test
    void shouldSearchEachTimeOnceItHasFound() {
        searchInVain();
        searchInVain();
        awaitSearch();
        nothing(0);
        spin.onEvents();
        assertThat(spin.isSearching()).isTrue();
        searchInVain();
        // As after the first one in vain.
        spin.onEvents();
        spin.onEvents();
        assertThat(spin.isSearching()).isTrue();
    }

    @Test
    void shouldNotTakeForFoundWhatWasThereAtOnce() {
        searchInVain();
        searchInVain();
        awaitSearch();
        spin.onEvents();
        searchInVain();
        for (int i = 0; i < 7; i++) {
            spin.onEvents();
            assertThat(spin.isSearching()).isFalse();
        }
    }

    @Test
    void shouldSayHowLongItHasSearched() {
        spin.onEvents();
        nothing(100);
        assertThat(spin.spentNs()).isZero();
        nothing(200);
        nothing(300);
        spin.onEvents();
        nothing(400);
        nothing(LIMIT_NS);
        assertThat(spin.spentNs()).isEqualTo(500 + LIMIT_NS);
    }

    @Test
    void shouldNotSearchUnlessAsked() {
        Spin off = new Spin(0);
        off.onEvents();
        assertThat(off.isSearching()).isFalse();
    }

    private void searchInVain() {
        awaitSearch();
        nothing(0);
        nothing(LIMIT_NS);
        assertThat(spin.isSearching()).isFalse();
    }

    private void awaitSearch() {
        while (!spin.isSearching()) {
            spin.onEvents();
        }
    }

    private void nothing(long afterNs) {
        nowNs += afterNs;
        spin.onNothing(nowNs);
    }
}
