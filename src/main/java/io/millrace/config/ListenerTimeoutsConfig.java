package io.millrace.config;

import java.time.Duration;

/** How long a client may take; immutable, safe from any thread. */
public record ListenerTimeoutsConfig(Duration headers, Duration idle, Duration body) {}
