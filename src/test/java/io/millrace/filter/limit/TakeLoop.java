package io.millrace.filter.limit;

import io.millrace.filter.limit.RateLimit.OnFull;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Takes from 64 keys, in two threads, until it is killed; a process of its own. */
final class TakeLoop {
    static final int KEYS = 64;
    static final int CELLS = 32;
    static final long START = 1_795_000_000_000_000_000L;
    static final RateLimit STANDING =
            RateLimit.tokenBucket("standing", 1, Duration.ofDays(1), 3, OnFull.REFUSE);
    private static final RateLimit PASSING =
            RateLimit.tokenBucket("passing", 1_000_000, Duration.ofSeconds(1), 1, OnFull.ADMIT);

    private TakeLoop() {}

    /**
     * The file is the first argument, the time at which to go on the second. Key 1 uses up a limit
     * whose time does not pass meanwhile, then a line is printed; all other keys come and go.
     */
    public static void main(String[] arguments) throws IOException {
        LimitCells cells = LimitCells.open(Path.of(arguments[0]), CELLS);
        Decision decision = new Decision();
        for (int i = 0; i < STANDING.capacity(); i++) {
            cells.take(1, STANDING, START, 1, decision);
        }
        System.out.println("taking");
        long startNs = Long.parseLong(arguments[1]);
        new Thread(() -> comeAndGo(cells, startNs)).start();
        comeAndGo(cells, startNs);
    }

    private static void comeAndGo(LimitCells cells, long startNs) {
        Decision decision = new Decision();
        for (long i = 0; ; i++) {
            cells.take(2 + i % KEYS, PASSING, startNs + i * 100, 1, decision);
        }
    }
}
