package io.millrace.config;

import io.millrace.config.option.Option;
import java.time.Duration;

/** How long a client may take; immutable, safe from any thread. */
public record ListenerTimeoutsConfig(
        @Option(
                        doc =
                                "From the first byte of a request to the end of its head; then 408 and the"
                                        + " connection is closed.",
                        defaultValue = "10s",
                        min = "100ms",
                        max = "1h")
                Duration headers,
        @Option(
                        doc = "Between two requests; then the connection is closed without a word.",
                        defaultValue = "60s",
                        min = "100ms",
                        max = "1d")
                Duration idle,
        @Option(
                        doc =
                                "Between two reads of a request body; then 408 and the connection is closed.",
                        defaultValue = "60s",
                        min = "100ms",
                        max = "1d")
                Duration body) {}
