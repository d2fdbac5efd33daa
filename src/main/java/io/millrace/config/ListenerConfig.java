package io.millrace.config;

import io.millrace.config.option.Option;
import java.util.List;

/** One listener; immutable, safe from any thread. */
public record ListenerConfig(
        @Option(
                        doc =
                                "The address to accept clients on: IPv4:port, \"[IPv6]:port\" or"
                                        + " unix:/path. \"[::]\" takes IPv4 clients too.",
                        required = true,
                        example = "0.0.0.0:8080")
                SocketSpec bind,
        @Option(
                        doc =
                                "Networks of proxies in front of this one. Only from them are"
                                        + " X-Forwarded-* and X-Request-Id believed.",
                        example = "[10.0.0.0/8]")
                List<Cidr> trustedProxies,
        @Option(doc = "What one request may measure.") LimitsConfig limits,
        @Option(doc = "How long a client may take.") ListenerTimeoutsConfig timeouts) {}
