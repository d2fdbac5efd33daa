package io.millrace.config;

import io.millrace.config.option.Option;
import io.millrace.config.syntax.Cidr;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
                                "What is done with a connection: http reads requests, tcp passes the bytes"
                                        + " on to one upstream, tls-passthrough does the same but chooses the"
                                        + " upstream by the TLS ClientHello.",
                        defaultValue = "http")
                Protocol protocol,
        @Option(
                        doc =
                                "The upstream that gets the connections; for tls-passthrough, those that no"
                                        + " route takes, which are closed when it is left out.",
                        onlyWith = "protocol: tcp or tls-passthrough",
                        example = "postgres")
                @Nullable String upstream,
        @Option(
                        doc =
                                "Which TLS connections go where, by server name and ALPN. The exact name"
                                        + " wins over the longest wildcard; the order means nothing.",
                        onlyWith = "protocol: tls-passthrough",
                        minItems = 1,
                        example = "[{sni: [db.example.com], upstream: postgres}]")
                List<TlsRoute> routes,
        @Option(
                        doc =
                                "Networks of proxies in front of this one. Only from them are"
                                        + " X-Forwarded-* and X-Request-Id believed. For http.",
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
        @Option(doc = "What one client may send. For http.") LimitsConfig limits,
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

    /** What is done with a connection; owned by no thread (constants). */
    public enum Protocol {
        HTTP("http"),
        TCP("tcp"),
        TLS_PASSTHROUGH("tls-passthrough");

        private final String word;

        Protocol(String word) {
            this.word = word;
        }

        /** As the file writes it. */
        @Override
        public String toString() {
            return word;
        }
    }

    /** One route of TLS connections; immutable, safe from any thread. */
    public record TlsRoute(
            @Option(
                            doc =
                                    "Server names that the route serves, as names or as"
                                            + " \"*.example.com\".",
                            required = true,
                            minItems = 1,
                            example = "[db.example.com, \"*.example.com\"]")
                    List<String> sni,
            @Option(
                            doc =
                                    "Protocols of which the client must offer one by ALPN; any client when"
                                            + " left out.",
                            minItems = 1,
                            example = "[h2]",
                            pattern = "[!-~]{1,255}",
                            patternHint = "the name of a protocol in ALPN, for instance h2")
                    List<String> alpn,
            @Option(
                            doc = "The upstream that gets the connection.",
                            required = true,
                            example = "postgres")
                    String upstream) {}
}
