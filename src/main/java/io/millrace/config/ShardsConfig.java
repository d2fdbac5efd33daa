package io.millrace.config;

import java.util.List;

/** How many shards and on which CPUs; immutable, safe from any thread. */
public sealed interface ShardsConfig {
    /** One shard per CPU that the process may use. */
    record Auto() implements ShardsConfig {}

    /** That many shards, on the first CPUs that the process may use. */
    record Count(int shards) implements ShardsConfig {}

    /** One shard on each CPU of the list, in ascending order without repetition. */
    record Cpus(List<Integer> cpus) implements ShardsConfig {}
}
