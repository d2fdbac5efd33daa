package io.millrace.filter.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.filter.limit.RateLimit.OnFull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LimitCellsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long NOW = 1_795_000_000_000_000_000L;
    private static final long MS = 1_000_000;
    private static final long HOUR = 3_600_000 * MS;

    @TempDir Path directory;
    private final Decision decision = new Decision();
    private Path path;
    private LimitCells cells;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("limits.cells");
        cells = LimitCells.open(path, LimitCells.FEWEST_CELLS);
    }

    @Test
    void shouldAdmitABurstAtOnceAndThenTheRate() {
        RateLimit limit = tokens(10, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(take(1, limit, NOW)).isTrue();
        }
        assertThat(take(1, limit, NOW)).isFalse();
        assertThat(decision.retryAfterNs()).isEqualTo(100 * MS);
        assertThat(decision.resetNs()).isEqualTo(300 * MS);
        assertThat(decision.remaining()).isZero();
        assertThat(take(1, limit, NOW + 100 * MS - 1)).isFalse();
        assertThat(take(1, limit, NOW + 100 * MS)).isTrue();
        assertThat(take(1, limit, NOW + HOUR)).isTrue();
        assertThat(decision.remaining()).isEqualTo(2);
        assertThat(decision.limit()).isSameAs(limit);
    }

    @Test
    void shouldDelayWhatIsQueuedAtTheConstantRate() {
        RateLimit limit = RateLimit.leakyBucket("api", 10, SECOND, 2, OnFull.REFUSE);
        for (int i = 0; i <= 2; i++) {
            assertThat(take(1, limit, NOW)).isTrue();
            assertThat(decision.delayNs()).isEqualTo(i * 100L * MS);
        }
        assertThat(take(1, limit, NOW)).isFalse();
        assertThat(decision.retryAfterNs()).isEqualTo(100 * MS);
        assertThat(take(1, limit, NOW + 150 * MS)).isTrue();
        assertThat(decision.delayNs()).isEqualTo(150 * MS);
    }

    @Test
    void shouldChargeTheCost() {
        RateLimit limit = tokens(10, 10);
        assertThat(cells.take(1, limit, NOW, 8, decision)).isTrue();
        assertThat(decision.remaining()).isEqualTo(2);
        assertThat(cells.take(1, limit, NOW, 3, decision)).isFalse();
        assertThat(decision.retryAfterNs()).isEqualTo(100 * MS);
        assertThat(cells.take(1, limit, NOW, 2, decision)).isTrue();
        assertThat(cells.take(1, limit, NOW, 11, decision)).isFalse();
        assertThat(decision.retryAfterNs()).isEqualTo(Decision.NEVER);
    }

    @Test
    void shouldTakeOnlyCellsWhoseTimeIsPast() {
        RateLimit limit = tokens(1, 1);
        for (int key = 1; key <= 4; key++) {
            assertThat(take(key, limit, NOW + key)).isTrue();
        }
        assertThat(take(5, limit, NOW + 1000 * MS)).isFalse();
        assertThat(decision.counted()).isFalse();
        assertThat(decision.retryAfterNs()).isEqualTo(1);
        assertThat(take(5, limit, NOW + 1000 * MS + 1)).as("in the cell of 1").isTrue();
        for (int key = 2; key <= 4; key++) {
            assertThat(take(key, limit, NOW + 1000 * MS + 1)).as("still known").isFalse();
        }
    }

    @Test
    void shouldRefuseOrAdmitWhenFullAndCountIt() {
        RateLimit refusing = tokens(1, 1);
        RateLimit admitting = RateLimit.tokenBucket("web", 1, SECOND, 1, OnFull.ADMIT);
        for (int key = 1; key <= 4; key++) {
            take(key, refusing, NOW);
        }
        assertThat(take(5, refusing, NOW)).isFalse();
        assertThat(take(6, admitting, NOW)).isTrue();
        assertThat(decision.counted()).isFalse();
        assertThat(take(6, admitting, NOW)).isTrue();
        assertThat(cells.fullRefused()).isEqualTo(1);
        assertThat(cells.fullAdmitted()).isEqualTo(2);
    }

    @Test
    void shouldEmptyABucketOnceWhenTheClockIsPutBack() {
        RateLimit limit = tokens(10, 5);
        take(1, limit, NOW + HOUR);
        assertThat(take(1, limit, NOW)).isFalse();
        assertThat(decision.retryAfterNs()).isEqualTo(100 * MS);
        assertThat(take(1, limit, NOW + 99 * MS)).isFalse();
        assertThat(take(1, limit, NOW + 100 * MS)).isTrue();
    }

    @Test
    void shouldNotKeepCellsOfATimeThatIsNoMore() {
        RateLimit limit = tokens(10, 5);
        for (int key = 1; key <= 4; key++) {
            take(key, limit, NOW + HOUR);
        }
        assertThat(take(5, limit, NOW)).isTrue();
        assertThat(decision.counted()).isTrue();
    }

    @Test
    void shouldNotBeFooledByAShardThatLags() {
        RateLimit limit = tokens(10, 1);
        take(1, limit, NOW);
        assertThat(take(1, limit, NOW - 900 * MS)).isFalse();
        assertThat(take(1, limit, NOW + 99 * MS)).isFalse();
        assertThat(take(1, limit, NOW + 100 * MS)).isTrue();
    }

    @Test
    void shouldGiveUpAClaimThatADeadProcessLeft() {
        RateLimit limit = tokens(1, 2);
        CellBytes bytes = new CellBytes(path);
        for (int cell = 0; cell < 4; cell++) {
            bytes.state(cell, CellWords.claim(77 + cell, 1));
        }
        assertThat(take(5, limit, NOW)).as("of another key").isTrue();
        assertThat(take(80, limit, NOW)).as("of its own key").isTrue();
        assertThat(take(80, limit, NOW)).isTrue();
        assertThat(take(80, limit, NOW)).isFalse();
        assertThat(take(5, limit, NOW)).isTrue();
        assertThat(take(5, limit, NOW)).isFalse();
    }

    @Test
    void shouldEmptyAClaimOfAKeyThatHasACell() {
        CellBytes bytes = new CellBytes(path);
        bytes.state(0, CellWords.claim(5, 1));
        bytes.key(3, CellWords.keyWord(5, 1));
        bytes.state(3, NOW + 1000 * MS);
        assertThat(take(5, tokens(1, 1), NOW)).as("used up in cell 3").isFalse();
        assertThat(bytes.state(0)).isEqualTo(CellWords.empty(1));
    }

    @Test
    void shouldSettleTheForemostOfTwoClaimsOfAKey() {
        CellBytes bytes = new CellBytes(path);
        bytes.state(1, CellWords.claim(5, 1));
        bytes.state(3, CellWords.claim(5, 1));
        assertThat(take(5, tokens(1, 1), NOW)).isTrue();
        assertThat(bytes.key(1)).isEqualTo(CellWords.keyWord(5, 1));
        assertThat(bytes.state(1)).isEqualTo(NOW + 1000 * MS);
        assertThat(bytes.state(3)).isEqualTo(CellWords.empty(1));
    }

    @Test
    void shouldLiveWithAnyBytes() {
        RateLimit limit = tokens(1, 2);
        CellBytes bytes = new CellBytes(path);
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            for (int cell = 0; cell < 4; cell++) {
                long tag = 1L + random.nextInt(4);
                int version = random.nextInt(4) - 1;
                bytes.key(cell, CellWords.keyWord(tag, random.nextInt(4) - 1));
                bytes.state(
                        cell,
                        switch (random.nextInt(4)) {
                            case 0 -> CellWords.claim(tag, version);
                            case 1 -> CellWords.empty(version);
                            case 2 -> NOW + random.nextInt(10);
                            default -> random.nextLong();
                        });
            }
            for (int key = 1; key <= 4; key++) {
                take(key, limit, NOW);
                take(key, limit, NOW);
                assertThat(take(key, limit, NOW)).isFalse();
            }
        }
    }

    @Test
    void shouldKeepLimitsAcrossARestart() throws IOException {
        RateLimit limit = tokens(1, 2);
        KeyHash hash = cells.newKeyHash();
        hash.begin(limit);
        long key = hash.end();
        take(key, limit, NOW);
        cells.close();
        cells = LimitCells.open(path, LimitCells.FEWEST_CELLS);
        KeyHash again = cells.newKeyHash();
        again.begin(limit);
        assertThat(again.end()).as("the same key of the hash").isEqualTo(key);
        assertThat(take(key, limit, NOW)).isTrue();
        assertThat(take(key, limit, NOW)).isFalse();
    }

    @Test
    void shouldReplaceAFileOfAnotherLayout() throws IOException {
        take(1, tokens(1, 1), NOW);
        cells = LimitCells.open(path, 8);
        assertThat(take(1, tokens(1, 1), NOW)).isTrue();
        assertThat(Files.size(path)).isEqualTo(4096 + 8 * 16);
        Files.writeString(path, "something else");
        cells = LimitCells.open(path, 8);
        assertThat(take(1, tokens(1, 1), NOW)).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldSayWhichSizesItTakes() {
        for (int wrong : new int[] {0, 2, 6, 1 << 27}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> LimitCells.open(path, wrong))
                    .withMessageContaining(wrong + " is not a power of two within 4 to 67108864");
        }
    }

    private boolean take(long key, RateLimit limit, long nowNs) {
        return cells.take(key, limit, nowNs, 1, decision);
    }

    private static RateLimit tokens(double rate, int burst) {
        return RateLimit.tokenBucket("api", rate, SECOND, burst, OnFull.REFUSE);
    }
}
