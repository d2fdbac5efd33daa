package io.millrace.config.files;

import io.millrace.config.option.Option;
import java.time.Duration;

/** Bounds of what serving files takes; immutable, safe from any thread. */
public record FileServingConfig(
        @Option(
                        doc =
                                "Threads that open and read files, so that no shard waits for a disk.",
                        defaultValue = "4",
                        min = "1",
                        max = "256",
                        reloadable = false)
                int threads,
        @Option(
                        doc = "The most files that wait to be opened; more requests get 503.",
                        defaultValue = "1024",
                        min = "1",
                        max = "1000000",
                        reloadable = false)
                int maximumPending,
        @Option(
                        doc =
                                "The most paths whose files are kept open, per shard; with precompressed"
                                        + " siblings a path can have four files. 0: none.",
                        defaultValue = "512",
                        min = "0",
                        max = "100000",
                        reloadable = false)
                int cachedPaths,
        @Option(
                        doc =
                                "How long a file is served as it was found, before it is looked for again.",
                        defaultValue = "1s",
                        min = "0",
                        max = "1h",
                        reloadable = false)
                Duration cacheTime) {}
