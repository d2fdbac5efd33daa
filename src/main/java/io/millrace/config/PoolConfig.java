package io.millrace.config;

import io.millrace.config.option.Option;
import java.time.Duration;

/** Bounds of the connection pool, per shard; immutable, safe from any thread. */
public record PoolConfig(
        @Option(
                        doc = "The most connections to one endpoint, per shard.",
                        defaultValue = "256",
                        min = "1",
                        max = "65535")
                int maximumPoolSize,
        @Option(
                        doc =
                                "How many idle connections are kept however long they idle, per shard.",
                        defaultValue = "0",
                        min = "0",
                        max = "65535")
                int minimumIdle,
        @Option(
                        doc =
                                "How long a request may wait for a connection, new or pooled; then 504 when"
                                        + " connecting took that long, 503 when the pool was full. For tcp and"
                                        + " tls-passthrough, how long connecting may take.",
                        defaultValue = "3s",
                        min = "10ms",
                        max = "5m")
                Duration connectionTimeout,
        @Option(
                        doc = "How long an unused connection is kept.",
                        defaultValue = "10m",
                        min = "1s",
                        max = "1d")
                Duration idleTimeout,
        @Option(
                        doc =
                                "How long a connection is used at all; it is retired between two requests.",
                        defaultValue = "30m",
                        min = "1s",
                        max = "30d")
                Duration maxLifetime,
        @Option(
                        doc =
                                "The most requests that wait for a connection, per shard; more get 503.",
                        defaultValue = "1024",
                        min = "0",
                        max = "1000000")
                int maximumPending) {}
