package io.millrace.config;

import io.millrace.config.option.Option;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A named set of endpoints; immutable, safe from any thread. */
public record UpstreamConfig(
        @Option(
                        doc =
                                "Which endpoint is next: roundRobin (smooth, by weight), leastRequest (the"
                                        + " better of two picked at random) or random.",
                        defaultValue = "roundRobin")
                BalanceChoice balance,
        @Option(
                        doc = "The servers, each as an address alone or as an object.",
                        required = true,
                        minItems = 1,
                        example = "[127.0.0.1:9001]")
                List<EndpointConfig> endpoints,
        @Option(doc = "Bounds of the connection pool; each shard has its own.") PoolConfig pool,
        @Option(
                        doc =
                                "Connections that many requests share: each is sent without waiting for the"
                                        + " answers to those before it (HTTP/1.1 pipelining). {} is all of"
                                        + " its keys at their defaults. Not with sendProxyProtocol. For http.",
                        defaultValue = "off")
                @Nullable PipeliningConfig pipelining,
        @Option(
                        doc =
                                "The most connections from tcp and tls-passthrough listeners, per shard;"
                                        + " further clients are closed at once.",
                        defaultValue = "1024",
                        min = "1",
                        max = "1000000")
                int maximumConnections,
        @Option(doc = "How long a server may take.") UpstreamTimeoutsConfig timeouts,
        @Option(
                        doc =
                                "The PROXY header that opens every connection to a server: off, v1 or v2. A"
                                        + " connection then serves the one client that it names and no other.",
                        defaultValue = "off")
                SendProxyProtocol sendProxyProtocol) {
    /** Which PROXY header is sent; owned by no thread (constants). */
    public enum SendProxyProtocol {
        OFF("off"),
        V1("v1"),
        V2("v2");

        private final String word;

        SendProxyProtocol(String word) {
            this.word = word;
        }

        /** As the file writes it. */
        @Override
        public String toString() {
            return word;
        }
    }
}
