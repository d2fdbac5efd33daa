package io.millrace.config;

import java.nio.file.Path;
import java.time.Duration;

/** Settings of the process; immutable, safe from any thread. */
public record ServerConfig(
        TransportChoice transport, ShardsConfig shards, Path stateDirectory, Duration drainTimeout) {}
