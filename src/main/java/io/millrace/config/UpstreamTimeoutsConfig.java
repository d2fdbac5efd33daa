package io.millrace.config;

import io.millrace.config.option.Option;
import java.time.Duration;

/** How long an origin may take; immutable, safe from any thread. */
public record UpstreamTimeoutsConfig(
        @Option(
                        doc = "From the request sent to the head of the response; then 504.",
                        defaultValue = "15s",
                        min = "10ms",
                        max = "1h")
                Duration response) {}
