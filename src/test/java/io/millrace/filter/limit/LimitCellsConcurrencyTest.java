package io.millrace.filter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.filter.limit.RateLimit.OnFull;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads on one bucket; each round begins an hour later, when every cell is free again. */
final class LimitCellsConcurrencyTest {
    private static final long START = 1_795_000_000_000_000_000L;
    private static final long HOUR = 3_600_000_000_000L;

    @TempDir Path directory;

    @Test
    void shouldAdmitAThousandOfTenThousandAndNeverOneMore() throws Exception {
        int threads = 8;
        RateLimit limit = tokens(1000);
        LimitCells cells = LimitCells.open(directory.resolve("c"), LimitCells.DEFAULT_CELLS);
        for (int round = 0; round < 20; round++) {
            long now = START + round * HOUR;
            AtomicInteger admitted = new AtomicInteger();
            inParallel(
                    threads,
                    (_, gate) -> {
                        Decision decision = new Decision();
                        gate.pass();
                        for (int i = 0; i < 10_000 / threads; i++) {
                            if (cells.take(42, limit, now, 1, decision)) {
                                admitted.incrementAndGet();
                            }
                        }
                    });
            assertThat(admitted).hasValue(1000);
        }
    }

    @Test
    void shouldAdmitExactlyTheBurstOfEachKeyThatFindsACell() throws Exception {
        contend(2, 4, 200_000, true);
        contend(4, 4, 20_000, true);
    }

    @Test
    void shouldNeverAdmitMoreWhenKeysFightForCells() throws Exception {
        contend(2, 6, 200_000, false);
        contend(4, 9, 20_000, false);
    }

    private void contend(int threads, int keys, int rounds, boolean allFit) throws Exception {
        int burst = 2;
        RateLimit limit = tokens(burst);
        Path file = directory.resolve(threads + "-" + keys);
        LimitCells cells = LimitCells.open(file, LimitCells.FEWEST_CELLS);
        CellBytes bytes = new CellBytes(file);
        AtomicIntegerArray admitted = new AtomicIntegerArray(keys + 1);
        List<String> wrong = new ArrayList<>(); // written by the thread 0 between two gates
        inParallel(
                threads,
                (thread, gate) -> {
                    Decision decision = new Decision();
                    Random random = new Random(thread);
                    for (int round = 0; round < rounds && wrong.isEmpty(); round++) {
                        int first = random.nextInt(keys);
                        gate.pass();
                        for (int i = 0; i < keys * 3; i++) {
                            int key = 1 + (first + i) % keys;
                            if (cells.take(key, limit, START + round * HOUR, 1, decision)) {
                                admitted.incrementAndGet(key);
                            }
                        }
                        gate.pass();
                        if (thread == 0) {
                            examine(admitted, burst, allFit, bytes, round, wrong);
                        }
                        gate.pass();
                    }
                });
        assertThat(wrong).isEmpty();
    }

    private static void examine(
            AtomicIntegerArray admitted,
            int burst,
            boolean allFit,
            CellBytes bytes,
            int round,
            List<String> wrong) {
        int full = 0;
        for (int key = 1; key < admitted.length(); key++) {
            int count = admitted.getAndSet(key, 0);
            full += count == burst ? 1 : 0;
            if (count > burst || (allFit && count < burst)) {
                wrong.add("round " + round + " admitted " + count + " of key " + key);
            }
        }
        if (full < 4) {
            wrong.add("round " + round + ": only " + full + " keys had a cell");
        }
        List<Long> owners = new ArrayList<>();
        for (int cell = 0; cell < CellWords.WAYS; cell++) {
            long state = bytes.state(cell);
            if (!CellWords.isClaim(state) && !CellWords.isEmpty(state)) {
                owners.add(CellWords.tagOf(bytes.key(cell)));
            }
        }
        if (owners.stream().distinct().count() != owners.size()) {
            wrong.add("round " + round + ": two cells of one key among " + owners);
        }
    }

    /** What one thread does. */
    private interface Work {
        void run(int thread, Gate gate);
    }

    /** Lets all threads through at the same moment, spinning so that they really start together. */
    private static final class Gate {
        private final int threads;
        private final AtomicInteger arrived = new AtomicInteger();

        Gate(int threads) {
            this.threads = threads;
        }

        @SuppressWarnings("ThreadPriorityCheck") // there may be more threads than processors
        void pass() {
            int mine = arrived.getAndIncrement();
            int wanted = (mine / threads + 1) * threads;
            for (int i = 0; arrived.get() < wanted; i++) {
                if (i > 200) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static void inParallel(int threads, Work work) throws InterruptedException {
        Gate gate = new Gate(threads);
        List<Thread> running = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            Thread started = new Thread(() -> work.run(thread, gate));
            started.setUncaughtExceptionHandler((_, failure) -> failures.add(failure));
            started.start();
            running.add(started);
        }
        for (Thread thread : running) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    private static RateLimit tokens(int burst) {
        return RateLimit.tokenBucket("api", 1, Duration.ofSeconds(1), burst, OnFull.REFUSE);
    }
}
