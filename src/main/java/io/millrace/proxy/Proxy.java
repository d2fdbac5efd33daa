package io.millrace.proxy;

import io.millrace.balance.Balancer;
import io.millrace.balance.Endpoint;
import io.millrace.balance.EndpointSet;
import io.millrace.downstream.ClientConnection;
import io.millrace.downstream.RequestSink;
import io.millrace.downstream.RequestSinks;
import io.millrace.http.HeadError;
import io.millrace.http.ResponseHead;
import io.millrace.observe.AccessLogRing;
import io.millrace.observe.ShardCounters;
import io.millrace.observe.ShardMetric;
import io.millrace.observe.UpstreamCounters;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.snapshot.Snapshot;
import io.millrace.time.ShardClock;
import io.millrace.transport.Transport;
import io.millrace.upstream.Pool;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the exchanges of one shard share: tables, pools, encoders and counters; owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class Proxy implements RequestSinks {
    /** Ended exchanges kept for the next requests; more than this were a burst. */
    private static final int MAXIMUM_FREE = 4096;

    /** Fields of the largest head that an origin may send. */
    private static final int RESPONSE_FIELDS = 256;

    private static final byte[][] HEAD_ERRORS = new byte[HeadError.values().length][];

    static {
        for (HeadError error : HeadError.values()) {
            HEAD_ERRORS[error.ordinal()] = error.reason().getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** A pool outlives generations as long as its endpoint and its bounds stay the same. */
    private record PoolKey(String upstream, String endpoint, Object settings) {}

    private final Shard shard;
    private final Transport transport;
    private final ShardCounters counters;
    private final ArrayDeque<Exchange> free = new ArrayDeque<>();
    private final ResponseHead responseScratch = new ResponseHead(RESPONSE_FIELDS);
    private final RequestEncoder requestEncoder = new RequestEncoder();
    private final ResponseEncoder responseEncoder = new ResponseEncoder();
    private final LocalReply localReply = new LocalReply();
    private final DateField date = new DateField();
    private final IdSequence ids = new IdSequence();
    private final Router router = new Router();
    private final @Nullable AccessLogRing accessLog;
    private Map<PoolKey, Pool> pools = new HashMap<>();
    private ActiveTables tables;

    /** Makes the proxy of a shard; to be called on the shard's thread. */
    public Proxy(
            Shard shard,
            Transport transport,
            ShardCounters counters,
            @Nullable AccessLogRing accessLog,
            Snapshot first) {
        this.shard = shard;
        this.transport = transport;
        this.counters = counters;
        this.accessLog = accessLog;
        this.tables = activate(first);
    }

    /** Runs on another generation from the next request on. */
    public void onSnapshot(Snapshot next) {
        tables = activate(next);
    }

    /** The generation in use. */
    public Snapshot snapshot() {
        return tables.snapshot();
    }

    /** Closes all pools; leased connections close when their exchange ends. */
    public void close() {
        pools.values().forEach(Pool::close);
        pools = new HashMap<>();
    }

    /** The pools by endpoint key, for the admin view; to be called on the shard's thread. */
    public Iterable<Pool> pools() {
        return pools.values();
    }

    private ActiveTables activate(Snapshot snapshot) {
        Map<PoolKey, Pool> kept = new HashMap<>();
        Cluster[] clusters = new Cluster[snapshot.upstreams().size()];
        for (int i = 0; i < clusters.length; i++) {
            clusters[i] = cluster(snapshot.upstreams().get(i), kept);
        }
        pools.forEach((key, pool) -> {
            if (!kept.containsKey(key)) {
                pool.close();
            }
        });
        pools = kept;
        counters.set(ShardMetric.TABLE_GENERATION, snapshot.generation());
        for (var listener : snapshot.listeners()) {
            router.reserve(listener.limits().requestLineBytes());
        }
        return new ActiveTables(snapshot, clusters, counters);
    }

    private Cluster cluster(EndpointSet set, Map<PoolKey, Pool> kept) {
        UpstreamCounters upstream = counters.upstream(set.name());
        Pool[] ofEndpoints = new Pool[set.endpoints().size()];
        for (int i = 0; i < ofEndpoints.length; i++) {
            Endpoint endpoint = set.endpoints().get(i);
            PoolKey key = new PoolKey(set.name(), endpoint.key(), set.pool());
            Pool pool = pools.get(key);
            if (pool == null) {
                pool = kept.get(key);
            }
            if (pool == null) {
                pool = new Pool(shard, transport, endpoint, set.pool(), upstream, responseScratch);
            }
            kept.put(key, pool);
            ofEndpoints[i] = pool;
        }
        return new Cluster(set, Balancer.of(set, ids.next()), ofEndpoints, upstream);
    }

    @Override
    public RequestSink open(ClientConnection connection) {
        Exchange exchange = free.pollLast();
        if (exchange == null) {
            exchange = new Exchange(this);
        }
        exchange.open(connection);
        return exchange;
    }

    @Override
    public void refuse(ClientConnection connection, HeadError error) {
        Exchange exchange = (Exchange) open(connection);
        exchange.refuse(error.outcome(), HEAD_ERRORS[error.ordinal()]);
    }

    @Override
    public void refuse(ClientConnection connection, Outcome outcome) {
        Exchange exchange = (Exchange) open(connection);
        exchange.refuse(outcome, ErrorReply.OWN_MESSAGE);
    }

    void recycle(Exchange exchange) {
        if (free.size() < MAXIMUM_FREE) {
            free.addLast(exchange);
        }
    }

    static byte[] message(HeadError error) {
        return HEAD_ERRORS[error.ordinal()];
    }

    ActiveTables tables() {
        return tables;
    }

    Shard shard() {
        return shard;
    }

    ShardClock clock() {
        return shard.clock();
    }

    ShardCounters counters() {
        return counters;
    }

    RequestEncoder requestEncoder() {
        return requestEncoder;
    }

    ResponseEncoder responseEncoder() {
        return responseEncoder;
    }

    LocalReply localReply() {
        return localReply;
    }

    byte[] dateLine() {
        return date.line(shard.clock().nowNs());
    }

    IdSequence ids() {
        return ids;
    }

    Router router() {
        return router;
    }

    /** What an exchange leaves in the access log, or null when nobody wants to know. */
    @Nullable AccessTrail newTrail() {
        return accessLog == null ? null : new AccessTrail(accessLog);
    }
}
