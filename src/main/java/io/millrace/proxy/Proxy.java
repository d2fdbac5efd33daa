package io.millrace.proxy;

import io.millrace.downstream.ClientConnection;
import io.millrace.downstream.RequestSink;
import io.millrace.downstream.RequestSinks;
import io.millrace.encode.IdSequence;
import io.millrace.encode.RequestEncoder;
import io.millrace.encode.ResponseEncoder;
import io.millrace.files.FileServing;
import io.millrace.filter.FilterShard;
import io.millrace.http.HeadError;
import io.millrace.observe.AccessLogRing;
import io.millrace.observe.ShardCounters;
import io.millrace.observe.ShardMetric;
import io.millrace.outcome.Outcome;
import io.millrace.relay.Splicing;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.snapshot.Snapshot;
import io.millrace.transport.Transport;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the exchanges of one shard share: tables, pools, encoders and counters; owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class Proxy implements RequestSinks {
    /** Ended exchanges kept for the next requests; more than this were a burst. */
    private static final int MAXIMUM_FREE = 4096;

    private final Shard shard;
    private final ShardCounters counters;
    private final ArrayDeque<Exchange> free = new ArrayDeque<>();
    private final RequestEncoder requestEncoder = new RequestEncoder();
    private final ResponseEncoder responseEncoder = new ResponseEncoder();
    private final LocalReply localReply = new LocalReply();
    private final DateField date = new DateField();
    private final IdSequence ids = new IdSequence();
    private final Router router = new Router();
    private final @Nullable AccessLogRing accessLog;
    private final FileServing files;
    private final FilterShard filters;
    private final PoolDirectory pools;
    private final Splicing splicing;
    private ActiveTables tables;

    /** Makes the proxy of a shard; to be called on the shard's thread. */
    public Proxy(
            Shard shard,
            Transport transport,
            Splicing splicing,
            ShardCounters counters,
            FileServing files,
            @Nullable AccessLogRing accessLog,
            FilterShard filters,
            Snapshot first) {
        this.shard = shard;
        this.counters = counters;
        this.accessLog = accessLog;
        this.filters = filters;
        this.files = files;
        this.pools = new PoolDirectory(shard, transport, counters);
        this.splicing = splicing;
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

    /** Closes all pools and files; what is leased or being sent closes when its exchange ends. */
    public void close() {
        pools.close();
        files.cache().close();
    }

    private ActiveTables activate(Snapshot snapshot) {
        Cluster[] clusters = pools.clusters(snapshot.upstreams(), ids);
        counters.set(ShardMetric.TABLE_GENERATION, snapshot.generation());
        for (var listener : snapshot.listeners()) {
            router.reserve(listener.limits().requestLineBytes());
        }
        files.cache().onSites(snapshot.sites());
        localReply.forgetFixed();
        return new ActiveTables(snapshot, clusters, counters);
    }

    @Override
    public RequestSink open(ClientConnection connection, boolean inTurn) {
        Exchange exchange = free.pollLast();
        if (exchange == null) {
            exchange = new Exchange(this);
        }
        exchange.open(connection, inTurn);
        return exchange;
    }

    @Override
    public void refuse(RequestSink opened, HeadError error) {
        ((Exchange) opened).refuse(error.outcome(), ErrorText.of(error));
    }

    @Override
    public void refuse(RequestSink opened, Outcome outcome) {
        ((Exchange) opened).refuse(outcome);
    }

    @Override
    public void closed(ClientConnection connection) {
        pools.onClientGone(connection.identity());
    }

    void recycle(Exchange exchange) {
        if (free.size() < MAXIMUM_FREE) {
            free.addLast(exchange);
        }
    }

    ActiveTables tables() {
        return tables;
    }

    Shard shard() {
        return shard;
    }

    ShardCounters counters() {
        return counters;
    }

    Splicing splicing() {
        return splicing;
    }

    /** Bodies of which no more is to come are copied. */
    long spliceThresholdBytes() {
        return tables.snapshot().splice().thresholdBytes();
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

    FileServing files() {
        return files;
    }

    FilterShard filters() {
        return filters;
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
