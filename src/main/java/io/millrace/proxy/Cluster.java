package io.millrace.proxy;

import io.millrace.balance.Balancer;
import io.millrace.balance.EndpointSet;
import io.millrace.balance.LoadView;
import io.millrace.observe.UpstreamCounters;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.upstream.Pool;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One upstream with this shard's view of it: its balancer, the pools of its endpoints and the retry
 * budget; owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class Cluster implements LoadView {
    /**
     * Retries under way are at most a fifth of the requests, but three are always allowed (as in
     * Envoy).
     */
    private static final int BUDGET_DIVISOR = 5;

    private static final int BUDGET_MINIMUM = 3;

    private final EndpointSet endpoints;
    private final Balancer balancer;
    private final Pool[] pools;
    private final UpstreamCounters counters;
    private final byte[] name;
    private final UnsafeBuffer[] endpointNames;
    private int requests;
    private int retries;

    Cluster(EndpointSet endpoints, Balancer balancer, Pool[] pools, UpstreamCounters counters) {
        this.endpoints = endpoints;
        this.balancer = balancer;
        this.pools = pools;
        this.counters = counters;
        this.name = endpoints.name().getBytes(StandardCharsets.UTF_8);
        this.endpointNames = new UnsafeBuffer[pools.length];
        for (int i = 0; i < pools.length; i++) {
            endpointNames[i] = AccessTrail.name(endpoints.endpoints().get(i).name());
        }
    }

    byte[] name() {
        return name;
    }

    EndpointSet endpoints() {
        return endpoints;
    }

    UpstreamCounters counters() {
        return counters;
    }

    int pick(int avoid) {
        return balancer.pick(this, avoid);
    }

    Pool pool(int endpoint) {
        return pools[endpoint];
    }

    /** An endpoint's name for the access log. */
    UnsafeBuffer endpointName(int endpoint) {
        return endpointNames[endpoint];
    }

    @Override
    public int active(int endpoint) {
        return pools[endpoint].active();
    }

    void onRequestStart() {
        requests++;
    }

    void onRequestEnd(boolean wasRetry) {
        requests--;
        if (wasRetry) {
            retries--;
        }
    }

    /** Takes one retry out of the budget; false when it is used up. */
    boolean tryRetry() {
        if (retries >= Math.max(BUDGET_MINIMUM, requests / BUDGET_DIVISOR)) {
            return false;
        }
        retries++;
        counters.retry();
        return true;
    }
}
