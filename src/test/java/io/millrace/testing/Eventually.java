package io.millrace.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Polls conditions of the world outside up to a deadline; owned by the thread that waits. */
public final class Eventually {
    private static final long STEP_NS = 2_000_000;

    private Eventually() {}

    /** Waits up to ten seconds. */
    public static void eventually(String sentence, Callable<Boolean> condition) throws Exception {
        eventually(sentence, Duration.ofSeconds(10), condition);
    }

    /** Waits until the condition holds; past the deadline it fails with the sentence. */
    public static void eventually(String sentence, Duration patience, Callable<Boolean> condition)
            throws Exception {
        long deadlineNs = System.nanoTime() + patience.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("not within " + patience + ": " + sentence);
            }
            LockSupport.parkNanos(STEP_NS);
        }
    }

    /** Waits until a figure has stood still for that long, and returns it. */
    public static long settled(LongSupplier figure, Duration still, Duration patience) {
        long startNs = System.nanoTime();
        long last = figure.getAsLong();
        long sinceNs = startNs;
        while (System.nanoTime() - sinceNs < still.toNanos()) {
            if (System.nanoTime() - startNs > patience.toNanos()) {
                throw new AssertionError("still moving after " + patience + ", at " + last);
            }
            LockSupport.parkNanos(STEP_NS);
            long now = figure.getAsLong();
            if (now != last) {
                last = now;
                sinceNs = System.nanoTime();
            }
        }
        return last;
    }
}
