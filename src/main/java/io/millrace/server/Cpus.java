package io.millrace.server;

import io.millrace.config.server.ShardsConfig;
import io.millrace.shard.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Decides which CPU each shard runs on; owned by no thread (pure functions). */
final class Cpus {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";

    private Cpus() {}

    /** One entry per shard: a CPU number, or {@link Shard#UNPINNED} for more shards than CPUs. */
    static List<Integer> assign(ShardsConfig shards) {
        List<Integer> allowed = allowed();
        return switch (shards) {
            case ShardsConfig.Auto() -> allowed;
            case ShardsConfig.Count(int count) -> {
                List<Integer> assigned = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    assigned.add(i < allowed.size() ? allowed.get(i) : Shard.UNPINNED);
                }
                yield assigned;
            }
            case ShardsConfig.Cpus(List<Integer> cpus) -> {
                List<Integer> missing = new ArrayList<>(cpus);
                missing.removeAll(allowed);
                if (!missing.isEmpty()) {
                    throw new StartException(
                            StartException.CANNOT_START,
                            "server.shards names CPUs that this process may not use: "
                                    + missing
                                    + "; it may use "
                                    + allowed);
                }
                yield cpus;
            }
        };
    }

    /** The CPUs that this process may use, as the kernel lists them (proc(5)). */
    static List<Integer> allowed() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(ALLOWED)) {
                    return parse(line.substring(ALLOWED.length()).trim());
                }
            }
        } catch (IOException e) {
            throw new StartException(
                    StartException.CANNOT_START, "cannot read " + STATUS + ": " + e.getMessage());
        }
        throw new StartException(StartException.CANNOT_START, STATUS + " lists no CPUs");
    }

    private static List<Integer> parse(String list) {
        List<Integer> cpus = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }
}
