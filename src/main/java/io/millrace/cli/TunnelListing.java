package io.millrace.cli;

import io.millrace.control.TunnelRoute;
import java.io.PrintWriter;
import java.util.List;

/**
 * Shows where connections go whose bytes are passed on unread; owned by the main thread.
 *
 * @param routes those to show
 */
record TunnelListing(List<TunnelRoute> routes) {
    private static final List<String> COLUMNS =
            List.of("LISTENER", "BIND", "PROTOCOL", "SNI", "ALPN", "TARGET");

    /** Those that a host's clients take. */
    TunnelListing of(HostFilter filter) {
        return new TunnelListing(
                routes.stream().filter(route -> filter.admits(route.sni())).toList());
    }

    /** A table below others; nothing when there are none. */
    void printTable(PrintWriter out) {
        if (!routes.isEmpty()) {
            out.println();
            out.println(
                    "passed on unread: "
                            + routes.size()
                            + (routes.size() == 1 ? " route" : " routes"));
            new TextTable(COLUMNS, routes.stream().map(TunnelListing::cells).toList()).print(out);
        }
    }

    /** A line for each, for what is asked of requests only. */
    void printLines(PrintWriter out) {
        for (TunnelRoute route : routes) {
            out.println(
                    "not asked   "
                            + route.listener()
                            + " ("
                            + route.protocol()
                            + " on "
                            + route.bind()
                            + "): SNI "
                            + names(route)
                            + ", ALPN "
                            + protocols(route)
                            + ", to upstream "
                            + route.upstream());
        }
    }

    void write(JsonText json) {
        json.key("tunnels").open('[');
        for (TunnelRoute route : routes) {
            json.open('{').key("listener").text(route.listener()).key("bind").text(route.bind());
            json.key("protocol").text(route.protocol()).key("sni").texts(route.sni());
            json.key("alpn").texts(route.alpn()).key("upstream").text(route.upstream()).close('}');
        }
        json.close(']');
    }

    private static List<String> cells(TunnelRoute route) {
        return List.of(
                route.listener(),
                route.bind(),
                route.protocol(),
                names(route),
                protocols(route),
                "upstream " + route.upstream());
    }

    private static String names(TunnelRoute route) {
        return route.sni().isEmpty() ? "*" : String.join(" ", route.sni());
    }

    private static String protocols(TunnelRoute route) {
        return route.alpn().isEmpty() ? "any" : String.join(" ", route.alpn());
    }
}
