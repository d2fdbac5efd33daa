package io.millrace.config;

import io.millrace.config.option.Option;

/**
 * What one client may send, sizes in bytes; a body limit of 0 means none; immutable, safe from any
 * thread.
 */
public record LimitsConfig(
        @Option(
                        doc = "The longest request line; a longer one is answered with 414.",
                        defaultValue = "8KiB",
                        min = "64B",
                        max = "64KiB")
                long requestLine,
        @Option(
                        doc =
                                "The largest head, request line included; a larger one is answered with 431.",
                        defaultValue = "64KiB",
                        min = "256B",
                        max = "1MiB")
                long headers,
        @Option(
                        doc = "The most header fields of one request; more are answered with 431.",
                        defaultValue = "100",
                        min = "1",
                        max = "1000")
                int headerCount,
        @Option(
                        doc =
                                "The largest request body; a larger one is answered with 413. 0: no limit.",
                        defaultValue = "0",
                        max = "1TiB")
                long body,
        @Option(
                        doc =
                                "The most requests of one connection that are under way at a time: those"
                                        + " behind the first are read before it is answered. 1: one at a time.",
                        defaultValue = "16",
                        min = "1",
                        max = "1024")
                int pipelined) {}
