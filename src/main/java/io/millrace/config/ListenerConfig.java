package io.millrace.config;

import java.util.List;

/** One listener; immutable, safe from any thread. */
public record ListenerConfig(
        SocketSpec bind, List<Cidr> trustedProxies, LimitsConfig limits, ListenerTimeoutsConfig timeouts) {}
