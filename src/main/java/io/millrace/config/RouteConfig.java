package io.millrace.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One route: what a request must look like and what then happens; immutable, safe from any thread. */
public record RouteConfig(
        String name,
        List<String> hosts,
        String path,
        List<String> methods,
        Map<String, ValueTest> headers,
        Map<String, ValueTest> query,
        @Nullable String upstream,
        @Nullable RespondConfig respond) {}
