package io.millrace.config;

import java.util.List;
import java.util.Map;

/** The whole file; immutable, safe from any thread. */
public record GatewayConfig(
        ServerConfig server,
        AdminConfig admin,
        Map<String, ListenerConfig> listeners,
        Map<String, UpstreamConfig> upstreams,
        List<RouteConfig> routes) {}
