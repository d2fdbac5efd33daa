package io.millrace.proxy;

import io.millrace.balance.Balancer;
import io.millrace.balance.Endpoint;
import io.millrace.balance.EndpointSet;
import io.millrace.encode.IdSequence;
import io.millrace.http.ResponseHead;
import io.millrace.observe.ShardCounters;
import io.millrace.observe.UpstreamCounters;
import io.millrace.proxyprotocol.ClientAddresses;
import io.millrace.proxyprotocol.SentVersion;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.transport.Transport;
import io.millrace.upstream.Pool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The pools of one shard, which outlive generations; owned by one shard. */
@OwnedBy(Role.SHARD)
final class PoolDirectory {
    /** Fields of the largest head that an origin may send. */
    private static final int RESPONSE_FIELDS = 256;

    /** A pool stays as long as its endpoint and its bounds stay the same. */
    private record Key(String upstream, String endpoint, Object settings, SentVersion header) {}

    private final Shard shard;
    private final Transport transport;
    private final ShardCounters counters;
    private final ResponseHead scratch = new ResponseHead(RESPONSE_FIELDS);
    private final List<Pool> ofOneClient = new ArrayList<>();
    private Map<Key, Pool> pools = new HashMap<>();

    PoolDirectory(Shard shard, Transport transport, ShardCounters counters) {
        this.shard = shard;
        this.transport = transport;
        this.counters = counters;
    }

    /** Makes the clusters of a generation, with the pools that stay; the others are closed. */
    Cluster[] clusters(List<EndpointSet> upstreams, IdSequence seeds) {
        Map<Key, Pool> kept = new HashMap<>();
        Cluster[] clusters = new Cluster[upstreams.size()];
        for (int i = 0; i < clusters.length; i++) {
            clusters[i] = cluster(upstreams.get(i), kept, seeds.next());
        }
        pools.forEach((key, pool) -> {
            if (!kept.containsKey(key)) {
                pool.close();
            }
        });
        pools = kept;
        ofOneClient.clear();
        for (Pool pool : kept.values()) {
            if (pool.sendsHeader()) {
                ofOneClient.add(pool);
            }
        }
        return clusters;
    }

    private Cluster cluster(EndpointSet set, Map<Key, Pool> kept, long seed) {
        UpstreamCounters upstream = counters.upstream(set.name());
        Pool[] ofEndpoints = new Pool[set.endpoints().size()];
        for (int i = 0; i < ofEndpoints.length; i++) {
            Endpoint endpoint = set.endpoints().get(i);
            Key key = new Key(set.name(), endpoint.key(), set.pool(), set.sendProxyProtocol());
            Pool known = pools.containsKey(key) ? pools.get(key) : kept.get(key);
            Pool pool =
                    known != null
                            ? known
                            : new Pool(
                                    shard,
                                    transport,
                                    endpoint,
                                    set.pool(),
                                    set.sendProxyProtocol(),
                                    upstream,
                                    scratch);
            kept.put(key, pool);
            ofEndpoints[i] = pool;
        }
        return new Cluster(set, Balancer.of(set, seed), ofEndpoints, upstream);
    }

    /** Gives up the connections that only that client could have used. */
    void onClientGone(ClientAddresses client) {
        for (int i = 0; i < ofOneClient.size(); i++) {
            ofOneClient.get(i).onClientGone(client);
        }
    }

    /** Closes all pools; leased connections close when their exchange ends. */
    void close() {
        pools.values().forEach(Pool::close);
        pools = new HashMap<>();
    }
}
