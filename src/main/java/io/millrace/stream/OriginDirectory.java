package io.millrace.stream;

import io.millrace.balance.Balancer;
import io.millrace.balance.Endpoint;
import io.millrace.balance.EndpointSet;
import io.millrace.observe.ShardCounters;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.transport.Transport;
import io.millrace.upstream.Connector;
import io.netty.channel.WriteBufferWaterMark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams that the tunnels of one shard can lead to; what is counted of them outlives
 * generations; owned by one shard.
 */
@OwnedBy(Role.SHARD)
final class OriginDirectory {
    /** Bytes that may wait in user space for a slow origin, as many as for a slow client. */
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    /** An endpoint stays the same as long as its place and its time-out do. */
    private record Key(String upstream, String endpoint, long timeoutNs) {}

    private final Shard shard;
    private final Transport transport;
    private final ShardCounters counters;
    private final Map<String, OriginGroup.Occupancy> occupancies = new HashMap<>();
    private Map<Key, Origin> origins = Map.of();
    private Map<String, OriginGroup> groups = Map.of();
    private long seed;

    OriginDirectory(Shard shard, Transport transport, ShardCounters counters) {
        this.shard = shard;
        this.transport = transport;
        this.counters = counters;
        this.seed = (long) shard.index() << 32;
    }

    /** Takes over the upstreams of a generation; tunnels that are open keep theirs. */
    void onUpstreams(List<EndpointSet> upstreams) {
        Map<Key, Origin> kept = new HashMap<>();
        Map<String, OriginGroup> made = new HashMap<>();
        for (EndpointSet set : upstreams) {
            List<Origin> ofSet = new ArrayList<>();
            for (Endpoint endpoint : set.endpoints()) {
                ofSet.add(origin(set, endpoint, kept));
            }
            made.put(
                    set.name(),
                    new OriginGroup(
                            set,
                            Balancer.of(set, seed++),
                            ofSet,
                            occupancies.computeIfAbsent(
                                    set.name(), _ -> new OriginGroup.Occupancy()),
                            counters));
        }
        origins = kept;
        groups = made;
        occupancies
                .entrySet()
                .removeIf(of -> !made.containsKey(of.getKey()) && of.getValue().isEmpty());
    }

    private Origin origin(EndpointSet set, Endpoint endpoint, Map<Key, Origin> kept) {
        long timeoutNs = set.pool().connectionTimeoutNs();
        Key key = new Key(set.name(), endpoint.key(), timeoutNs);
        Origin known = origins.containsKey(key) ? origins.get(key) : kept.get(key);
        Origin origin =
                known != null
                        ? known
                        : new Origin(
                                new Connector(shard, transport, endpoint, timeoutNs, WATER_MARK));
        kept.put(key, origin);
        return origin;
    }

    /** The upstream of that name in the generation in force, or null. */
    @Nullable OriginGroup group(String upstream) {
        return groups.get(upstream);
    }
}
