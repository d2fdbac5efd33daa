package io.millrace.config.option;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects everything that is wrong with one file; owned by the thread that loads it. */
public final class Findings {
    /** One thing that is wrong: where, and what in one line. */
    public record Finding(Position position, String message) {}

    /** More than this nobody reads; the rest is only counted. */
    private static final int MOST = 1_000;

    private final List<Finding> list = new ArrayList<>();
    private int count;

    /** Adds one. */
    public void add(Position position, String message) {
        count++;
        if (list.size() < MOST) {
            list.add(new Finding(position, message));
        }
    }

    public boolean isEmpty() {
        return list.isEmpty();
    }

    /** True when what is added from now on is only counted: no need to word it with care. */
    public boolean isFull() {
        return count >= MOST;
    }

    /** How many were added, kept or not. */
    public int count() {
        return count;
    }

    /** All of them in the order of the file. */
    public List<Finding> inOrder() {
        List<Finding> sorted = new ArrayList<>(list);
        sorted.sort(
                Comparator.comparingInt((Finding f) -> f.position.line())
                        .thenComparingInt(f -> f.position.column()));
        return List.copyOf(sorted);
    }
}
