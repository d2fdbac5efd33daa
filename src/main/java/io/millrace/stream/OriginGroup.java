package io.millrace.stream;

import io.millrace.balance.Balancer;
import io.millrace.balance.EndpointSet;
import io.millrace.balance.LoadView;
import io.millrace.observe.ShardCounters;
import io.millrace.observe.TunnelCounters;
import io.millrace.observe.UpstreamCounters;
import io.millrace.proxyprotocol.SentVersion;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One upstream of one generation as the tunnels of a shard see it: who is next, and whether there
 * is room; owned by one shard.
 */
@OwnedBy(Role.SHARD)
final class OriginGroup implements LoadView {
    /** Retries under way, as for requests: a fifth of the tunnels, but three are always allowed. */
    private static final int BUDGET_DIVISOR = 5;

    private static final int BUDGET_MINIMUM = 3;

    /** What an upstream's tunnels add up to, those of earlier generations included. */
    static final class Occupancy {
        private int tunnels;
        private int retries;

        boolean isEmpty() {
            return tunnels == 0;
        }
    }

    private final EndpointSet endpoints;
    private final Balancer balancer;
    private final List<Origin> origins;
    private final Occupancy occupancy;
    private final ShardCounters counters;
    private final Map<String, TunnelCounters> byListener = new HashMap<>();

    OriginGroup(
            EndpointSet endpoints,
            Balancer balancer,
            List<Origin> origins,
            Occupancy occupancy,
            ShardCounters counters) {
        this.endpoints = endpoints;
        this.balancer = balancer;
        this.origins = List.copyOf(origins);
        this.occupancy = occupancy;
        this.counters = counters;
    }

    /** Takes a place for one tunnel; false when there is none. */
    boolean tryEnter() {
        if (occupancy.tunnels >= endpoints.maximumConnections()) {
            return false;
        }
        occupancy.tunnels++;
        return true;
    }

    /** Which PROXY header opens a connection to it. */
    SentVersion sendProxyProtocol() {
        return endpoints.sendProxyProtocol();
    }

    void leave() {
        occupancy.tunnels--;
    }

    /** The index of an endpoint, another one than that to be avoided if there is any. */
    int pick(int avoid) {
        return balancer.pick(this, avoid);
    }

    Origin origin(int index) {
        return origins.get(index);
    }

    @Override
    public int active(int endpoint) {
        return origins.get(endpoint).tunnels();
    }

    /** Takes one retry out of the budget; false when it is used up. */
    boolean tryRetry() {
        if (occupancy.retries >= Math.max(BUDGET_MINIMUM, occupancy.tunnels / BUDGET_DIVISOR)) {
            return false;
        }
        occupancy.retries++;
        upstreamCounters().retry();
        return true;
    }

    void onRetryEnd() {
        occupancy.retries--;
    }

    UpstreamCounters upstreamCounters() {
        return counters.upstream(endpoints.name());
    }

    /** Where the tunnels from a listener to here are counted. */
    TunnelCounters counters(String listener) {
        return byListener.computeIfAbsent(
                listener, name -> counters.tunnel(name, endpoints.name()));
    }
}
