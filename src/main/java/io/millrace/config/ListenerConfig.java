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
        @Option(
                        doc =
                                "The PROXY header that every connection must begin with: off, v1, v2 or any"
                                        + " (of the two). It names the client for logs, X-Forwarded-* and"
                                        + " trustedProxies. Without a valid one within timeouts.headers, or"
                                        + " when it is larger than limits.headers, the connection is closed.",
                        defaultValue = "off")
                ProxyProtocol proxyProtocol,
        @Option(
                        doc =
                                "Networks from which a PROXY header is accepted; every other peer of such a"
                                        + " listener is closed. Needed with proxyProtocol, except on a Unix"
                                        + " socket.",
                        example = "[10.0.0.0/8]")
                List<Cidr> proxyProtocolTrusted,
        @Option(doc = "What one request may measure.") LimitsConfig limits,
        @Option(doc = "How long a client may take.") ListenerTimeoutsConfig timeouts) {
    /** Which PROXY header is accepted; owned by no thread (constants). */
    public enum ProxyProtocol {
        OFF("off"),
        V1("v1"),
        V2("v2"),
        ANY("any");

        private final String word;

        ProxyProtocol(String word) {
            this.word = word;
        }

        /** As the file writes it. */
        @Override
        public String toString() {
            return word;
        }
    }
}
