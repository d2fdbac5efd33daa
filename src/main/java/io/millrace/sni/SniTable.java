package io.millrace.sni;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which upstream a stream goes to, by server name and ALPN; immutable, safe from any thread.
 *
 * <p>The exact name wins over a wildcard, the longer wildcard over the shorter, any of them over
 * the fallback. {@code *.example.com} is every name with one or more labels before {@code
 * .example.com}. Under one name, a route that lists protocols takes the client that offers one of
 * them, the client's order deciding; a route that lists none takes the others.
 */
public final class SniTable {
    /**
     * One route.
     *
     * @param names server names, a wildcard as {@code *.example.com}, in lower case
     * @param protocols ALPN names of which the client must offer one; empty: whatever it offers
     * @param upstream where the stream goes
     */
    public record Route(List<String> names, List<String> protocols, String upstream) {
        public Route {
            names = List.copyOf(names);
            protocols = List.copyOf(protocols);
        }
    }

    private final Map<String, List<Route>> byName = new HashMap<>();
    private final @Nullable String fallback;

    /** A table; {@code fallback} takes what no route does, null: nobody. */
    public SniTable(List<Route> routes, @Nullable String fallback) {
        for (Route route : routes) {
            for (String name : route.names()) {
                byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(route);
            }
        }
        this.fallback = fallback;
    }

    /** The upstream for streams of which nothing is known. */
    public @Nullable String fallback() {
        return fallback;
    }

    /** The upstream, or null when there is none. */
    public @Nullable String upstream(@Nullable String serverName, List<String> protocols) {
        if (serverName == null) {
            return fallback;
        }
        String found = choose(serverName, protocols);
        for (int dot = serverName.indexOf('.'); found == null && dot > 0; ) {
            found = choose("*" + serverName.substring(dot), protocols);
            dot = serverName.indexOf('.', dot + 1);
        }
        return found == null ? fallback : found;
    }

    private @Nullable String choose(String name, List<String> protocols) {
        List<Route> routes = byName.getOrDefault(name, List.of());
        if (routes.isEmpty()) {
            return null;
        }
        for (String protocol : protocols) {
            for (Route route : routes) {
                if (route.protocols().contains(protocol)) {
                    return route.upstream();
                }
            }
        }
        for (Route route : routes) {
            if (route.protocols().isEmpty()) {
                return route.upstream();
            }
        }
        return null;
    }
}
