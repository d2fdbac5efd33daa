package io.millrace.proxy;

import io.millrace.filter.FilterChain;
import io.millrace.observe.ShardCounters;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.route.RouteTable;
import io.millrace.snapshot.Snapshot;
import java.util.HashMap;
import java.util.Map;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** The generation that a shard runs on, with what the shard adds to it; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class ActiveTables {
    /** Route number of requests that no route took. */
    static final int NO_ROUTE = -1;

    private static final String NO_ROUTE_LABEL = "-";

    private final Snapshot snapshot;
    private final Cluster[] clusters;
    private final ShardCounters counters;
    private final Map<String, Int2ObjectHashMap<RouteEntry>> byListener = new HashMap<>();

    /**
     * Most requests come to the listener of the one before: by identity, for the name is one
     * object.
     */
    private @Nullable String lastListener;

    private Int2ObjectHashMap<RouteEntry> ofLastListener = new Int2ObjectHashMap<>();

    ActiveTables(Snapshot snapshot, Cluster[] clusters, ShardCounters counters) {
        this.snapshot = snapshot;
        this.clusters = clusters;
        this.counters = counters;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    RouteTable routes() {
        return snapshot.routes();
    }

    /** Whether some route answers browsers that ask what they may ask. */
    boolean answersPreflights() {
        return snapshot.filters().answersPreflights();
    }

    /** Whether this route does. */
    boolean answersPreflights(int route) {
        return snapshot.filters().chain(route).answersPreflights();
    }

    Cluster cluster(int upstream) {
        return clusters[upstream];
    }

    /**
     * How a route is accounted; found or made on its first request in this generation, then kept.
     */
    @SuppressWarnings("ReferenceEquality")
    RouteEntry entry(String listener, int route) {
        if (listener != lastListener) {
            lastListener = listener;
            ofLastListener = byListener.computeIfAbsent(listener, _ -> new Int2ObjectHashMap<>());
        }
        RouteEntry known = ofLastListener.get(route);
        return known == null ? make(listener, route) : known;
    }

    private RouteEntry make(String listener, int route) {
        String label = route == NO_ROUTE ? NO_ROUTE_LABEL : snapshot.routes().name(route);
        RouteEntry made =
                new RouteEntry(
                        counters.route(listener, label),
                        AccessTrail.name(listener),
                        AccessTrail.name(label),
                        route == NO_ROUTE ? FilterChain.NONE : snapshot.filters().chain(route));
        ofLastListener.put(route, made);
        return made;
    }
}
