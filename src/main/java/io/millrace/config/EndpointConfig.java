package io.millrace.config;

import io.millrace.config.option.Option;
import io.millrace.config.option.ShortForm;
import java.util.Map;

/** One endpoint, written as an address alone or as an object; immutable, safe from any thread. */
@ShortForm("address")
public record EndpointConfig(
        @Option(
                        doc =
                                "Where the server listens: IPv4:port, \"[IPv6]:port\", name:port or"
                                        + " unix:/path. Names are resolved in the background, again whenever"
                                        + " the answer's TTL ends; the last good answer is kept.",
                        required = true,
                        example = "10.0.0.1:8080")
                SocketSpec address,
        @Option(
                        doc = "The endpoint's share, relative to the others.",
                        defaultValue = "1",
                        min = "1",
                        max = "1000")
                int weight,
        @Option(doc = "Labels of the operator's choice.", example = "{version: v1}")
                Map<String, String> metadata) {}
