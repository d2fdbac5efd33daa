package io.millrace.filter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CellWordsTest {
    private static final long TAG = 0xab_cdef_0123L;

    @Test
    void shouldTellTheThreeStatesApart() {
        long time = 1_800_000_000_000_000_000L;
        assertThat(CellWords.isClaim(time) || CellWords.isEmpty(time)).isFalse();
        assertThat(CellWords.isEmpty(CellWords.empty(7))).isTrue();
        assertThat(CellWords.isClaim(CellWords.empty(7))).isFalse();
        assertThat(CellWords.isClaim(CellWords.claim(TAG, 7))).isTrue();
        assertThat(CellWords.isEmpty(CellWords.claim(TAG, 7))).isFalse();
    }

    @Test
    void shouldKeepTagAndVersion() {
        assertThat(CellWords.tagOf(CellWords.claim(TAG, 7))).isEqualTo(TAG);
        assertThat(CellWords.versionOf(CellWords.claim(TAG, 7))).isEqualTo(7);
        assertThat(CellWords.tagOf(CellWords.keyWord(TAG, -1))).isEqualTo(TAG);
        assertThat(CellWords.versionOf(CellWords.empty(1 << 23))).isZero();
    }

    @Test
    void shouldOrderVersionsAcrossTheWrap() {
        assertThat(CellWords.isOlder(3, 4)).isTrue();
        assertThat(CellWords.isOlder(4, 4)).isFalse();
        assertThat(CellWords.isOlder(5, 4)).isFalse();
        assertThat(CellWords.isOlder((1 << 23) - 1, 0)).isTrue();
        assertThat(CellWords.isOlder(0, (1 << 23) - 1)).isFalse();
    }

    @Test
    void shouldTakeTagAndBucketFromDifferentBitsOfTheKey() {
        assertThat(CellWords.tag(0xffff_ff00_0000_0000L)).isEqualTo(1);
        assertThat(CellWords.bucket(0xffff_ff00_0000_0000L, 14)).isEqualTo(16_383);
        assertThat(CellWords.bucket(TAG, 14)).isZero();
        assertThat(CellWords.bucket(-1, 0)).isZero();
    }
}
