package io.millrace.config;

import java.time.Duration;

/** How long an origin may take; immutable, safe from any thread. */
public record UpstreamTimeoutsConfig(Duration response) {}
