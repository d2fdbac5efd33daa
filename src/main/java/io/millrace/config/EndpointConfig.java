package io.millrace.config;

import java.util.Map;

/** One endpoint, written as an address alone or as an object; immutable, safe from any thread. */
public record EndpointConfig(SocketSpec address, int weight, Map<String, String> metadata) {}
