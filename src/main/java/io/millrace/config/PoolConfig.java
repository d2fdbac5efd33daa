package io.millrace.config;

import java.time.Duration;

/** Bounds of the connection pool, per shard; immutable, safe from any thread. */
public record PoolConfig(
        int maximumPoolSize,
        int minimumIdle,
        Duration connectionTimeout,
        Duration idleTimeout,
        Duration maxLifetime,
        int maximumPending) {}
