package io.millrace.config.server;

import io.millrace.config.option.Option;

/** What passes inside the kernel, by splice(2); immutable, safe from any thread. */
public record SpliceConfig(
        @Option(
                        doc =
                                "A body of which more than this is still to come passes from socket to"
                                        + " socket inside the kernel (one of unknown length when 16 times"
                                        + " as much has come), and so does a tunnel that has moved more"
                                        + " than this one way; what is smaller is copied. 1TiB:"
                                        + " everything is copied.",
                        defaultValue = "64KiB",
                        min = "4KiB",
                        max = "1TiB")
                long threshold,
        @Option(
                        doc =
                                "The most bodies and directions of tunnels that do so at a time, per"
                                        + " shard; more are copied. Each takes two descriptors and up to"
                                        + " 256 KiB in the kernel.",
                        defaultValue = "1024",
                        min = "0",
                        max = "100000")
                int pipes) {}
