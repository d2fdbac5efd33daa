package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ListenerProblemsTest {
    @Test
    void shouldReadListenersOfEveryProtocol() {
        ConfigResult result =
                ConfigLoader.parse(
                        "f",
                        """
                        listeners:
                          web: {bind: 0.0.0.0:80}
                          db: {bind: 0.0.0.0:5432, protocol: tcp, upstream: a, timeouts: {tunnel: 2h}}
                          tls:
                            bind: 0.0.0.0:443
                            protocol: tls-passthrough
                            upstream: a
                            routes:
                              - {sni: [db.example.com, "*.example.com"], alpn: [h2], upstream: b}
                              - {sni: [db.example.com], upstream: a}
                        upstreams:
                          a: {endpoints: [127.0.0.1:1], maximumConnections: 10}
                          b: {endpoints: [127.0.0.1:2]}
                        routes: [{name: all, path: /*, upstream: a}]
                        """);
        assertThat(result.problems()).isEmpty();
        GatewayConfig config = Objects.requireNonNull(result.config());
        ListenerConfig tls = Objects.requireNonNull(config.listeners().get("tls"));
        assertThat(tls.protocol()).isEqualTo(ListenerConfig.Protocol.TLS_PASSTHROUGH);
        assertThat(tls.routes().getFirst().sni())
                .containsExactly("db.example.com", "*.example.com");
        assertThat(Objects.requireNonNull(config.upstreams().get("a")).maximumConnections())
                .isEqualTo(10);
        assertThat(Objects.requireNonNull(config.upstreams().get("b")).maximumConnections())
                .isEqualTo(1024);
    }

    @Test
    void shouldNeedNoRoutesWithoutAnHttpListener() {
        assertOnly(
                """
                listeners: {db: {bind: 0.0.0.0:1, protocol: tcp, upstream: app}}
                upstreams: {app: {endpoints: [127.0.0.1:9001]}}
                """);
        assertOnly(
                """
                listeners: {db: {bind: 0.0.0.0:1}}
                upstreams: {app: {endpoints: [127.0.0.1:9001]}}
                """,
                "f:1:1: the key \"routes\" is missing; write for instance routes: [{name: all,"
                        + " path: /*, upstream: app}]");
    }

    @Test
    void shouldNameTheProtocols() {
        assertListener(
                "protocol: tls",
                "f:1:50: listeners.http.protocol: \"tls\" is none of http, tcp, tls-passthrough; did"
                        + " you mean \"tcp\"?");
    }

    @Test
    void shouldAskWhereBytesArePassedOnTo() {
        assertListener(
                "protocol: tcp",
                "f:1:19: listeners.http: the key \"upstream\" is missing; a listener of protocol tcp"
                        + " needs one, write for instance upstream: postgres");
        assertListener(
                "protocol: tls-passthrough",
                "f:1:19: listeners.http: the key \"upstream\" is missing; a listener of protocol"
                        + " tls-passthrough needs routes or an upstream, write for instance upstream:"
                        + " postgres");
    }

    @Test
    void shouldRefuseKeysOfAnotherProtocol() {
        assertListener(
                "upstream: app",
                "f:1:40: listeners.http.upstream: belongs to a listener of protocol tcp or"
                        + " tls-passthrough, and this one has http; remove the key or change the"
                        + " protocol");
        assertListener(
                "timeouts: {tunnel: 1h}",
                "f:1:51: listeners.http.timeouts.tunnel: belongs to a listener of protocol tcp or"
                        + " tls-passthrough, and this one has http; remove the key or change the"
                        + " protocol");
        assertListener(
                "protocol: tcp, upstream: app, limits: {body: 1KiB}",
                "f:1:70: listeners.http.limits: belongs to a listener of protocol http, and this one"
                        + " has tcp; remove the key or change the protocol");
        assertListener(
                "protocol: tcp, upstream: app, timeouts: {headers: 1s}",
                "f:1:81: listeners.http.timeouts.headers: belongs to a listener of protocol http or"
                        + " tls-passthrough, and this one has tcp; remove the key or change the"
                        + " protocol");
        assertListener(
                "protocol: tcp, upstream: app, routes: [{sni: [a.example], upstream: app}]",
                "f:1:70: listeners.http.routes: belongs to a listener of protocol tls-passthrough,"
                        + " and this one has tcp; remove the key or change the protocol");
    }

    @Test
    void shouldBoundTheWaitForAProxyHeaderWhateverFollowsIt() {
        assertListener(
                "protocol: tcp, upstream: app, proxyProtocol: v2, proxyProtocolTrusted: [10.0.0.0/8],"
                        + " timeouts: {headers: 1s}");
    }

    @Test
    void shouldNameUpstreamsThatAreNotThere() {
        assertListener(
                "protocol: tcp, upstream: ap",
                "f:1:65: listeners.http.upstream: there is no upstream \"ap\", did you mean \"app\"?"
                        + " (known: app)");
        assertListener(
                "protocol: tls-passthrough, routes: [{sni: [a.example], upstream: zzzzzz}]",
                "f:1:105: listeners.http.routes[0].upstream: there is no upstream \"zzzzzz\" (known:"
                        + " app)");
    }

    @Test
    void shouldCheckServerNames() {
        assertListener(
                "protocol: tls-passthrough, routes: [{sni: [10.0.0.1], upstream: app}]",
                "f:1:83: listeners.http.routes[0].sni[0]: \"10.0.0.1\" is an address, which no TLS"
                        + " client sends as a server name; write a host name");
        assertListener(
                "protocol: tls-passthrough, routes: [{sni: [\"a.*.b\"], upstream: app}]",
                "f:1:83: listeners.http.routes[0].sni[0]: \"a.*.b\" has a * elsewhere than in front;"
                        + " write \"*.example.com\"");
        assertListener(
                "protocol: tls-passthrough, routes: [{sni: [a.example], upstream: app}, {sni:"
                        + " [A.example], upstream: app}]",
                "f:1:118: listeners.http.routes[1].sni[0]: \"A.example\" is served by the route at"
                        + " line 1, column 83 too; no client could tell them apart, keep one of them");
        assertListener(
                "protocol: tls-passthrough, routes: [{sni: [a.example], alpn: [h2], upstream: app},"
                        + " {sni: [a.example], alpn: [h3, h2], upstream: app}]",
                "f:1:130: listeners.http.routes[1].sni[0]: \"a.example\" is served with the ALPN"
                        + " protocol h2 by the route at line 1, column 83 too; no client could tell"
                        + " them apart, keep one of them");
    }

    private static void assertListener(String keys, String... problems) {
        assertOnly(ConfigText.withListener("bind: 0.0.0.0:8080, " + keys), problems);
    }

    private static void assertOnly(String text, String... problems) {
        assertThat(ConfigLoader.parse("f", text).problems().stream().map(Object::toString))
                .containsExactly(problems);
    }
}
