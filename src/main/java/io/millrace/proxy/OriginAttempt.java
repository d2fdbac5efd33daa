package io.millrace.proxy;

import io.millrace.downstream.ClientConnection;
import io.millrace.encode.RequestEncoder;
import io.millrace.encode.RequestId;
import io.millrace.filter.HeadEdits;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.upstream.Lease;
import io.millrace.upstream.OriginConnection;
import io.millrace.upstream.Pool;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's way to an origin: which endpoint, on which connection, and with what it is tried
 * again; owned by one shard, used again for later requests.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class OriginAttempt implements Lease {
    private final Proxy proxy;
    private final Exchange exchange;
    private final RequestId id;
    private @Nullable Cluster cluster;
    private @Nullable Pool pool;

    /** The encoded head, while it waits to be sent (again). */
    private @Nullable ByteBuf encoded;

    /** What filters change in the head; null for nothing. */
    private @Nullable HeadEdits edits;

    private int endpoint;
    private boolean retried;
    private boolean moved;
    private boolean repeatable;

    OriginAttempt(Proxy proxy, Exchange exchange, RequestId id) {
        this.proxy = proxy;
        this.exchange = exchange;
        this.id = id;
    }

    void open() {
        cluster = null;
        edits = null;
        endpoint = -1;
        retried = false;
        moved = false;
        repeatable = false;
    }

    void take(Cluster chosen) {
        cluster = chosen;
        chosen.onRequestStart();
    }

    /** Filters change something in the head. */
    void edits(HeadEdits changes) {
        edits = changes.isEmpty() ? null : changes;
    }

    /** The upstream, or null when the request goes to none. */
    @Nullable Cluster clusterOrNone() {
        return cluster;
    }

    Cluster cluster() {
        return Objects.requireNonNull(cluster, "cluster");
    }

    /** The endpoint tried last, or -1. */
    int endpoint() {
        return endpoint;
    }

    /** Chooses an endpoint; false when there is none. */
    boolean pick() {
        Cluster from = cluster();
        int picked = from.pick(endpoint);
        if (picked < 0) {
            return false;
        }
        endpoint = picked;
        pool = from.pool(picked);
        return true;
    }

    /** Whether the request may go on a connection that others use too. */
    boolean isShareable(int method, boolean hasBody) {
        // One that was moved or is repeated should not be held up by others once more.
        return pool().isShared() && !moved && !retried && !hasBody && MethodId.isSafe(method);
    }

    boolean isMoved() {
        return moved;
    }

    /**
     * Asks the endpoint's pool for a connection; the exchange hears of it, perhaps at once.
     *
     * @param shared whether others may use it too
     * @return how long to wait in ns
     */
    long acquire(ClientConnection client, int method, boolean shared) {
        Pool from = pool();
        long waitNs = from.settings().connectionTimeoutNs();
        if (shared) {
            from.acquireShared(this);
        } else {
            // A request that must not be repeated gets a fresh connection when it is the client's
            // first (HAProxy's "http-reuse safe"), and a retry does not try the next dead one.
            boolean fresh = retried || (client.requests() == 1 && !MethodId.isIdempotent(method));
            from.acquire(this, fresh, client.identity());
        }
        return waitNs;
    }

    private Pool pool() {
        return Objects.requireNonNull(pool, "pool");
    }

    @Override
    public void onConnection(OriginConnection connection) {
        pool = null;
        exchange.onConnection(connection);
    }

    @Override
    public void onUnavailable(Outcome why) {
        pool = null;
        exchange.onUnavailable(why);
    }

    /** When the origin will have taken too long, from now on. */
    long responseDeadlineNs() {
        return proxy.shard().clock().nowNs() + cluster().endpoints().responseTimeoutNs();
    }

    /** Encodes the head for later, while the received one is there to be read. */
    boolean encodeEarly(RequestHead received, ClientConnection client) {
        if (encoded != null) {
            return true;
        }
        ByteBuf buffer = client.allocate(capacity(received));
        encoded = buffer;
        return encode(received, client, buffer);
    }

    private int capacity(RequestHead received) {
        return RequestEncoder.capacity(received, edits, cluster().name());
    }

    private boolean encode(RequestHead received, ClientConnection client, ByteBuf into) {
        return proxy.requestEncoder()
                .encode(
                        received,
                        client.identity(),
                        client.settings().trustedProxies(),
                        id,
                        cluster().name(),
                        edits,
                        into);
    }

    /** Writes the head on a connection; false when it could not be encoded. */
    boolean write(
            OriginConnection to,
            @Nullable RequestHead received,
            ClientConnection client,
            boolean safely) {
        repeatable = safely && !retried && to.isReused();
        ByteBuf early = encoded;
        if (early != null) {
            encoded = null;
            to.sendHead(early);
            return true;
        }
        RequestHead present = Objects.requireNonNull(received, "received");
        ByteBuf room = to.headRoom(capacity(present));
        int offset = room.writerIndex();
        if (!encode(present, client, room)) {
            room.writerIndex(offset);
            return false;
        }
        to.headWritten(room, offset);
        return true;
    }

    /** The request is on no connection any more, which is nobody's fault: another is needed. */
    void move(ByteBuf request) {
        keep(request);
        moved = true;
        endpoint = -1;
        cluster().counters().moved();
    }

    /** What is to be sent again, if it is. */
    void keep(@Nullable ByteBuf request) {
        forget();
        encoded = request;
    }

    /**
     * Whether another try is safe and within the budget; it is counted then.
     *
     * @param unsent whether the request's head has not even been encoded yet
     */
    boolean retry(Outcome why, boolean unsent) {
        boolean nothingSent = why == Outcome.CONNECT_FAILED || why == Outcome.CONNECT_TIMEOUT;
        boolean safe = nothingSent || (why == Outcome.UPSTREAM_CLOSED && repeatable);
        if (!safe || retried || (encoded == null && !unsent) || !cluster().tryRetry()) {
            return false;
        }
        retried = true;
        return true;
    }

    /** Waits for no connection any more. */
    void cancel() {
        Pool waitedFor = pool;
        pool = null;
        if (waitedFor != null) {
            waitedFor.cancel(this);
        }
    }

    /** Nothing will be sent again. */
    void forget() {
        if (encoded != null) {
            encoded.release();
            encoded = null;
        }
    }

    /** The exchange is over. */
    void end() {
        forget();
        pool = null;
        if (cluster != null) {
            cluster.onRequestEnd(retried);
        }
    }
}
