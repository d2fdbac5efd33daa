package io.millrace.config;

import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.Position;
import io.millrace.config.option.Wording;
import io.millrace.config.syntax.AddressSyntax;
import io.millrace.config.syntax.HostSyntax;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks what listeners say against their protocol, and where those lead that pass bytes on; owned
 * by the thread that loads the file.
 */
final class ListenerChecks {
    private static final String HTTP = "http";
    private static final String TCP = "tcp";
    private static final String TLS = "tls-passthrough";

    /** Which protocols a key belongs to; one that is not here belongs to all. */
    private static final Map<String, List<String>> KEYS =
            Map.of(
                    "upstream", List.of(TCP, TLS),
                    "routes", List.of(TLS),
                    "trustedProxies", List.of(HTTP),
                    "limits", List.of(HTTP),
                    "timeouts.headers", List.of(HTTP, TLS),
                    "timeouts.idle", List.of(HTTP),
                    "timeouts.body", List.of(HTTP),
                    "timeouts.tunnel", List.of(TCP, TLS));

    private final Findings findings;
    private final RouteChecks upstreams;

    ListenerChecks(Findings findings, RouteChecks upstreams) {
        this.findings = findings;
        this.upstreams = upstreams;
    }

    void check(Node.Mapping root) {
        boolean http = false;
        if (root.get("listeners") instanceof Node.Mapping listeners) {
            for (Node.Entry entry : listeners.entries()) {
                if (entry.value() instanceof Node.Mapping listener) {
                    http |= HTTP.equals(protocol(listener));
                    checkListener("listeners." + entry.key(), listener);
                }
            }
        }
        if (http && !isWritten(root.get("routes"))) {
            Node routes = root.get("routes");
            findings.add(
                    (routes == null ? root : routes).position(),
                    "the key \"routes\" is missing; write for instance routes: [{name: all, path: /*,"
                            + " upstream: app}]");
        }
    }

    /** As written; what is none of the three has been found already. */
    private static String protocol(Node.Mapping listener) {
        return listener.get("protocol") instanceof Node.Scalar scalar && !scalar.isNothing()
                ? scalar.text()
                : HTTP;
    }

    private void checkListener(String at, Node.Mapping listener) {
        String protocol = protocol(listener);
        if (!List.of(HTTP, TCP, TLS).contains(protocol)) {
            return;
        }
        checkKeys(at, "", listener, listener, protocol);
        if (listener.get("timeouts") instanceof Node.Mapping timeouts) {
            checkKeys(at, "timeouts.", timeouts, listener, protocol);
        }
        if (protocol.equals(HTTP)) {
            return;
        }
        upstreams.checkUpstream(at, listener);
        boolean routed = protocol.equals(TLS) && isWritten(listener.get("routes"));
        if (!routed && !isWritten(listener.get("upstream"))) {
            findings.add(
                    listener.position(),
                    at
                            + ": the key \"upstream\" is missing; a listener of protocol "
                            + protocol
                            + " needs "
                            + (protocol.equals(TLS) ? "routes or an upstream" : "one")
                            + ", write for instance upstream: postgres");
        }
        if (routed && listener.get("routes") instanceof Node.Sequence routes) {
            checkRoutes(at + ".routes", routes);
        }
    }

    private void checkKeys(
            String at, String prefix, Node.Mapping keys, Node.Mapping listener, String protocol) {
        for (Node.Entry entry : keys.entries()) {
            String key = prefix + entry.key();
            List<String> allowed = KEYS.getOrDefault(key, List.of(protocol));
            // A PROXY header is a head that a listener of any protocol may wait for.
            boolean awaited =
                    key.equals("timeouts.headers") && isWritten(listener.get("proxyProtocol"));
            if (!allowed.contains(protocol) && !awaited) {
                findings.add(
                        entry.position(),
                        at
                                + "."
                                + key
                                + ": belongs to a listener of protocol "
                                + String.join(" or ", allowed)
                                + ", and this one has "
                                + protocol
                                + "; remove the key or change the protocol");
            }
        }
    }

    private void checkRoutes(String at, Node.Sequence routes) {
        Map<String, Position> taken = new HashMap<>();
        for (int i = 0; i < routes.items().size(); i++) {
            if (routes.items().get(i) instanceof Node.Mapping route) {
                String path = at + "[" + i + "]";
                upstreams.checkUpstream(path, route);
                if (route.get("sni") instanceof Node.Sequence names) {
                    checkNames(path + ".sni", names, route.get("alpn"), taken);
                }
            }
        }
    }

    private void checkNames(
            String at, Node.Sequence names, @Nullable Node alpn, Map<String, Position> taken) {
        for (int i = 0; i < names.items().size(); i++) {
            if (names.items().get(i) instanceof Node.Scalar name && !name.isNothing()) {
                String wrong = problem(name.text());
                if (wrong == null) {
                    wrong = taken(name, alpn, taken);
                }
                if (wrong != null) {
                    findings.add(
                            name.position(),
                            at + "[" + i + "]: " + Wording.quote(name.text()) + " " + wrong);
                }
            }
        }
    }

    /** RFC 6066, section 3: a server name is never an address. */
    private static @Nullable String problem(String name) {
        return AddressSyntax.isIpv4(name) || name.startsWith("[")
                ? "is an address, which no TLS client sends as a server name; write a host name"
                : HostSyntax.problem(name);
    }

    /**
     * Says which other route takes the same clients, and takes them for this one if there is none.
     */
    private static @Nullable String taken(
            Node.Scalar name, @Nullable Node alpn, Map<String, Position> taken) {
        String lower = name.text().toLowerCase(Locale.ROOT);
        List<Node> protocols = alpn instanceof Node.Sequence list ? list.items() : List.of();
        String wrong = protocols.isEmpty() ? taken(lower, "", name.position(), taken) : null;
        for (Node protocol : protocols) {
            if (wrong == null && protocol instanceof Node.Scalar scalar) {
                wrong = taken(lower, scalar.text(), name.position(), taken);
            }
        }
        return wrong;
    }

    private static @Nullable String taken(
            String name, String protocol, Position here, Map<String, Position> taken) {
        Position first = taken.putIfAbsent(name + " " + protocol, here);
        if (first == null) {
            return null;
        }
        return "is served "
                + (protocol.isEmpty() ? "" : "with the ALPN protocol " + protocol + " ")
                + "by the route at line "
                + first.line()
                + ", column "
                + first.column()
                + " too; no client could tell them apart, keep one of them";
    }

    private static boolean isWritten(@Nullable Node node) {
        return node != null && !node.isNothing();
    }
}
