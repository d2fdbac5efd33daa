package io.millrace.config;

import io.millrace.config.option.Option;
import java.time.Duration;

/** Bounds of the connections that requests share; immutable, safe from any thread. */
public record PipeliningConfig(
        @Option(
                        doc = "The most requests in flight on one connection.",
                        defaultValue = "32",
                        min = "2",
                        max = "1024")
                int depth,
        @Option(
                        doc =
                                "The most shared connections to one endpoint, per shard; not more than"
                                        + " pool.maximumPoolSize.",
                        defaultValue = "2",
                        min = "1",
                        max = "64")
                int connections,
        @Option(
                        doc =
                                "A connection whose oldest request waits longer than this gets no new"
                                        + " ones.",
                        defaultValue = "50ms",
                        min = "1ms",
                        max = "1h")
                Duration maximumAge,
        @Option(
                        doc =
                                "How much of one answer is kept for a client that reads slowly, or read and"
                                        + " dropped for one that has left; beyond it the connection is no"
                                        + " longer shared.",
                        defaultValue = "64KiB",
                        min = "4KiB",
                        max = "16MiB")
                long maximumBuffered) {}
