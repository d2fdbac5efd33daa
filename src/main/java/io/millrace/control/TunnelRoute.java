package io.millrace.control;

import io.millrace.config.GatewayConfig;
import io.millrace.config.ListenerConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a listener that passes bytes on unread sends some of its connections; immutable, safe from
 * any thread.
 *
 * @param listener the listener's name
 * @param bind its address
 * @param protocol {@code tcp} or {@code tls-passthrough}
 * @param sni server names, empty for whatever no other route of the listener takes
 * @param alpn protocols of which the client offers one, empty for any client
 * @param upstream the upstream that gets the connections
 */
public record TunnelRoute(
        String listener,
        String bind,
        String protocol,
        List<String> sni,
        List<String> alpn,
        String upstream) {
    /** Those of all listeners, in the order of the file, what takes the rest behind the others. */
    public static List<TunnelRoute> of(GatewayConfig config) {
        List<TunnelRoute> all = new ArrayList<>();
        config.listeners().forEach((name, listener) -> add(name, listener, all));
        return all;
    }

    private static void add(String name, ListenerConfig listener, List<TunnelRoute> all) {
        if (listener.protocol() == ListenerConfig.Protocol.HTTP) {
            return;
        }
        String bind = SocketText.of(listener.bind());
        String protocol = listener.protocol().toString();
        for (ListenerConfig.TlsRoute route : listener.routes()) {
            all.add(
                    new TunnelRoute(
                            name, bind, protocol, route.sni(), route.alpn(), route.upstream()));
        }
        String rest = listener.upstream();
        if (rest != null) {
            all.add(new TunnelRoute(name, bind, protocol, List.of(), List.of(), rest));
        }
    }
}
