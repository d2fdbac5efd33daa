package io.millrace.config;

import io.millrace.config.option.Option;
import java.time.Duration;

/** How long a client may take; immutable, safe from any thread. */
public record ListenerTimeoutsConfig(
        @Option(
                        doc =
                                "From the first byte of a request to the end of its head; then 408 and the"
                                        + " connection is closed. For tls-passthrough: from the accept to the"
                                        + " end of the ClientHello.",
                        defaultValue = "10s",
                        min = "100ms",
                        max = "1h")
                Duration headers,
        @Option(
                        doc =
                                "Between two requests; then the connection is closed without a word. For"
                                        + " http.",
                        defaultValue = "60s",
                        min = "100ms",
                        max = "1d")
                Duration idle,
        @Option(
                        doc =
                                "Between two reads of a request body; then 408 and the connection is"
                                        + " closed. For http.",
                        defaultValue = "60s",
                        min = "100ms",
                        max = "1d")
                Duration body,
        @Option(
                        doc =
                                "How long no byte may pass in either direction; then both sides are reset.",
                        onlyWith = "protocol: tcp or tls-passthrough",
                        defaultValue = "1h",
                        min = "100ms",
                        max = "30d")
                Duration tunnel) {}
