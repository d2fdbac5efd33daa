package io.millrace.config;

import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.RecordBinder;
import io.millrace.config.syntax.AddressSyntax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks what listeners and upstreams say about addresses; owned by the thread that loads the file.
 */
final class SocketChecks {
    private record Bind(String path, SocketSpec spec) {}

    private static final SocketSpec.Tcp ADMIN_DEFAULT = new SocketSpec.Tcp("127.0.0.1", 9901);

    private final RecordBinder binder;
    private final Findings findings;
    private final List<Bind> binds = new ArrayList<>();

    SocketChecks(RecordBinder binder, Findings findings) {
        this.binder = binder;
        this.findings = findings;
    }

    void check(Node.Mapping root) {
        checkAdmin(child(root, "admin"));
        if (root.get("listeners") instanceof Node.Mapping listeners) {
            for (Node.Entry listener : listeners.entries()) {
                checkBind("listeners." + listener.key() + ".bind", child(listener.value(), "bind"));
                checkProxyProtocol("listeners." + listener.key(), listener.value());
            }
        }
        if (root.get("upstreams") instanceof Node.Mapping upstreams) {
            for (Node.Entry upstream : upstreams.entries()) {
                checkUpstream("upstreams." + upstream.key(), upstream.value());
            }
        }
    }

    private void checkAdmin(@Nullable Node admin) {
        Node bind = admin == null ? null : child(admin, "bind");
        if (bind == null) {
            binds.add(new Bind("admin.bind", ADMIN_DEFAULT));
        } else if (binder.bound(bind, SocketSpec.class) instanceof SocketSpec.Unix unix) {
            findings.add(
                    bind.position(),
                    "admin.bind: "
                            + unix
                            + " is a Unix socket; the admin listener needs an IP"
                            + " address and a port, for instance "
                            + ADMIN_DEFAULT);
        } else {
            checkBind("admin.bind", bind);
        }
    }

    private void checkBind(String path, @Nullable Node node) {
        SocketSpec spec = node == null ? null : binder.bound(node, SocketSpec.class);
        if (node == null || spec == null) {
            return;
        }
        if (spec instanceof SocketSpec.Tcp tcp && !tcp.isLiteral()) {
            findings.add(
                    node.position(),
                    path
                            + ": "
                            + tcp.host()
                            + " is a host name; bind to an address, for instance"
                            + " 127.0.0.1:"
                            + tcp.port()
                            + " or 0.0.0.0:"
                            + tcp.port());
            return;
        }
        for (Bind other : binds) {
            if (overlap(spec, other.spec)) {
                findings.add(
                        node.position(),
                        path
                                + ": "
                                + spec
                                + " is taken by "
                                + other.path
                                + " ("
                                + other.spec
                                + "); choose another port or address");
                return;
            }
        }
        binds.add(new Bind(path, spec));
    }

    private void checkProxyProtocol(String path, Node node) {
        ListenerConfig listener = binder.bound(node, ListenerConfig.class);
        Node at = child(node, "proxyProtocol");
        if (listener != null
                && at != null
                && listener.proxyProtocol() != ListenerConfig.ProxyProtocol.OFF
                && listener.proxyProtocolTrusted().isEmpty()
                && listener.bind() instanceof SocketSpec.Tcp) {
            findings.add(
                    at.position(),
                    path
                            + ".proxyProtocol: "
                            + listener.proxyProtocol()
                            + " is accepted from nobody; write who may send it, for instance"
                            + " proxyProtocolTrusted: [10.0.0.0/8]");
        }
    }

    private void checkUpstream(String path, Node upstream) {
        if (child(upstream, "endpoints") instanceof Node.Sequence endpoints) {
            for (int i = 0; i < endpoints.items().size(); i++) {
                checkEndpoint(path + ".endpoints[" + i + "]", endpoints.items().get(i));
            }
        }
    }

    private void checkEndpoint(String path, Node node) {
        EndpointConfig endpoint = binder.bound(node, EndpointConfig.class);
        if (endpoint != null
                && endpoint.address() instanceof SocketSpec.Tcp tcp
                && tcp.port() == 0) {
            findings.add(
                    node.position(),
                    path + ": " + tcp + " has port 0; write the port that the server listens on");
        }
    }

    /**
     * Two sockets of one port meet on the same address, or where one takes all; [::] takes IPv4
     * too.
     */
    private static boolean overlap(SocketSpec one, SocketSpec other) {
        if (!(one instanceof SocketSpec.Tcp a) || !(other instanceof SocketSpec.Tcp b)) {
            return one.equals(other);
        }
        if (a.port() != b.port() || a.port() == 0) {
            return false;
        }
        byte[] x = AddressSyntax.address(a.host());
        byte[] y = AddressSyntax.address(b.host());
        return x != null && y != null && (takes(x, y) || takes(y, x));
    }

    private static boolean takes(byte[] x, byte[] y) {
        boolean all = Arrays.equals(x, new byte[x.length]);
        return Arrays.equals(x, y) || (all && (x.length == 16 || y.length == 4));
    }

    private static @Nullable Node child(Node node, String key) {
        return node instanceof Node.Mapping mapping ? mapping.get(key) : null;
    }
}
