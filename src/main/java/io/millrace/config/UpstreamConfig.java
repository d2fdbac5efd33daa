package io.millrace.config;

import java.util.List;

/** A named set of endpoints; immutable, safe from any thread. */
public record UpstreamConfig(
        BalanceChoice balance,
        List<EndpointConfig> endpoints,
        PoolConfig pool,
        UpstreamTimeoutsConfig timeouts) {}
