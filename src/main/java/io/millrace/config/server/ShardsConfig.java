package io.millrace.config.server;

import io.millrace.config.option.Wording;
import io.millrace.config.option.WrittenAs;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** How many shards and on which CPUs; immutable, safe from any thread. */
@WrittenAs(
        value = "auto, a number, or a CPU list",
        pattern = "auto|[0-9]{1,4}|[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*")
public sealed interface ShardsConfig {
    /** One shard per CPU that the process may use. */
    record Auto() implements ShardsConfig {}

    /** That many shards, on the first CPUs that the process may use. */
    record Count(int shards) implements ShardsConfig {}

    /** One shard on each CPU of the list, in ascending order without repetition. */
    record Cpus(List<Integer> cpus) implements ShardsConfig {}

    /** The largest CPU number and the largest number of shards. */
    int MOST = 1024;

    /** Reads {@code auto}, {@code 4}, or a list such as {@code 0,2-5}; one CPU is {@code 3-3}. */
    static ShardsConfig parse(String text) {
        if (text.equals("auto")) {
            return new Auto();
        }
        if (text.indexOf(',') < 0 && text.indexOf('-') < 0) {
            int shards = number(text, text);
            if (shards < 1 || shards > MOST) {
                throw wrong(text);
            }
            return new Count(shards);
        }
        TreeSet<Integer> cpus = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = number(dash < 0 ? part : part.substring(0, dash), text);
            int last = dash < 0 ? first : number(part.substring(dash + 1), text);
            if (first > last || last >= MOST) {
                throw wrong(text);
            }
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return new Cpus(List.copyOf(new ArrayList<>(cpus)));
    }

    private static int number(String digits, String text) {
        if (digits.isEmpty() || digits.length() > 4) {
            throw wrong(text);
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                throw wrong(text);
            }
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                Wording.quote(text)
                        + " says neither how many shards nor on which CPUs; write auto, a number from"
                        + " 1 to "
                        + MOST
                        + ", or a CPU list such as \"0,2-5\"");
    }
}
