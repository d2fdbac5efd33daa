package io.millrace.upstream;

import io.millrace.balance.Endpoint;
import io.millrace.balance.PoolSettings;
import io.millrace.http.ResponseHead;
import io.millrace.observe.UpstreamCounters;
import io.millrace.outcome.Outcome;
import io.millrace.proxyprotocol.ClientAddresses;
import io.millrace.proxyprotocol.SentVersion;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.time.Timer;
import io.millrace.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one shard to one endpoint, the most recently used first; owned by one shard.
 *
 * <p>The most recently used is the least likely to have been closed by the origin, and lets the
 * others grow old enough to be closed. Where a PROXY header is sent, a connection serves the client
 * whom its header names and no other; until its first request it may still become anybody's.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class Pool {
    private static final long MAINTENANCE_NS = 1_000_000_000L;

    private final Shard shard;
    private final Endpoint endpoint;
    private final PoolSettings settings;
    private final SentVersion sentHeader;
    private final UpstreamCounters counters;
    private final Bootstrap bootstrap;
    private final ChannelHandler firstHandler;
    private final ResponseHead scratch;
    private final ArrayDeque<Lease> waiting = new ArrayDeque<>();
    private final @Nullable Timer maintenance;
    private final @Nullable SharedConnections shared;
    private OriginConnection[] idle = new OriginConnection[8];
    private int idleCount;
    private int size;
    private int connecting;
    private boolean open = true;

    /**
     * Makes an empty pool; {@code scratch} is the shard's response head, used by one parse at a
     * time.
     */
    public Pool(
            Shard shard,
            Transport transport,
            Endpoint endpoint,
            PoolSettings settings,
            SentVersion sentHeader,
            UpstreamCounters counters,
            ResponseHead scratch) {
        this.shard = shard;
        this.endpoint = endpoint;
        this.settings = settings;
        this.sentHeader = sentHeader;
        this.counters = counters;
        this.scratch = scratch;
        this.bootstrap = bootstrap(transport);
        this.firstHandler = transport.firstHandler();
        this.shared =
                settings.pipelining().isOn()
                        ? new SharedConnections(this, settings.pipelining())
                        : null;
        if (settings.minimumIdle() > 0) {
            maintenance = shard.timers().timer(_ -> maintain());
            maintain();
        } else {
            maintenance = null;
        }
    }

    private Bootstrap bootstrap(Transport transport) {
        Bootstrap made =
                new Bootstrap()
                        .group(shard.loop())
                        .channel(transport.clientChannel(endpoint.unixSocket()))
                        .option(ChannelOption.AUTO_READ, false)
                        // A failed write must not throw away a response that is still to be read.
                        .option(ChannelOption.AUTO_CLOSE, false)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(settings.connectionTimeoutNs() / 1_000_000))
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {}
                                });
        return endpoint.unixSocket() ? made : made.option(ChannelOption.TCP_NODELAY, true);
    }

    /**
     * Asks for a connection; the answer may come during the call.
     *
     * @param fresh whether it must be a new one, because the request could not be repeated if an
     *     idle one turned out dead
     * @param client for whom it is
     */
    public void acquire(Lease lease, boolean fresh, ClientAddresses client) {
        if (fresh || !leaseIdle(lease, client)) {
            await(lease);
        }
    }

    /** Whether safe requests without a body may share connections. */
    public boolean isShared() {
        return shared != null;
    }

    /**
     * Asks for a place on a connection that others use too, for a safe request without a body; the
     * answer may come during the call. Where that would take too long it is another connection.
     */
    public void acquireShared(Lease lease) {
        if (shared != null) {
            shared.acquire(lease);
        } else {
            acquireUnshared(lease);
        }
    }

    /** Asks for a connection of its own, for anybody. */
    void acquireUnshared(Lease lease) {
        if (!leaseIdle(lease, null)) {
            await(lease);
        }
    }

    private void await(Lease lease) {
        if (size >= settings.maximumPoolSize()) {
            // Whatever idles now is of no use to this lease.
            closeOldestIdle();
        }
        if (size < settings.maximumPoolSize()) {
            waiting.addLast(lease);
            connect();
        } else if (waiting.size() - connecting >= settings.maximumPending()) {
            // Those for whom a connection is being opened wait for the origin, not for the pool.
            lease.onUnavailable(Outcome.POOL_FULL);
        } else {
            waiting.addLast(lease);
            counters.poolWait();
            if (shared != null) {
                shared.giveWay();
            }
        }
    }

    private boolean leaseIdle(Lease lease, @Nullable ClientAddresses client) {
        while (true) {
            OriginConnection connection = sendsHeader() ? takeIdleOf(client) : popIdle();
            if (connection == null) {
                return false;
            }
            if (connection.isUsable() && !connection.tooOld()) {
                counters.reuse();
                lease.onConnection(connection);
                return true;
            }
            connection.close();
        }
    }

    /** The client's own connection, else one that is nobody's yet. */
    private @Nullable OriginConnection takeIdleOf(@Nullable ClientAddresses client) {
        OriginConnection found = null;
        for (int i = idleCount - 1; i >= 0; i--) {
            ClientAddresses owner = idle[i].owner();
            if (owner == client) {
                found = idle[i];
                break;
            }
            if (owner == null && found == null) {
                found = idle[i];
            }
        }
        if (found != null) {
            removeIdle(found);
        }
        return found;
    }

    /** Closes what only that client could have used again. */
    public void onClientGone(ClientAddresses client) {
        for (int i = idleCount - 1; i >= 0; i--) {
            if (idle[i].owner() == client) {
                idle[i].close();
            }
        }
    }

    /** Whether connections begin with a PROXY header. */
    public boolean sendsHeader() {
        return sentHeader != SentVersion.OFF;
    }

    SentVersion sentHeader() {
        return sentHeader;
    }

    /** Takes a waiting lease back. */
    public void cancel(Lease lease) {
        if (shared == null || !shared.cancel(lease)) {
            waiting.remove(lease);
        }
    }

    /** Requests under way or waiting here. */
    public int active() {
        int unshared = size - idleCount - connecting + waiting.size();
        return shared == null ? unshared : unshared + shared.load();
    }

    /** Connections that exist, those being opened included. */
    public int size() {
        return size;
    }

    /** Connections that wait for a request. */
    public int idle() {
        return idleCount;
    }

    /** Where the connections go. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** The bounds it was made with. */
    public PoolSettings settings() {
        return settings;
    }

    /**
     * Closes idle connections now and leased ones when nobody waits for them any more: who waits
     * already is still served, for a reload drops no request.
     */
    public void close() {
        open = false;
        if (maintenance != null) {
            maintenance.release();
        }
        if (shared != null) {
            shared.close();
        }
        OriginConnection unused = popIdle();
        while (unused != null) {
            unused.close();
            unused = popIdle();
        }
    }

    Shard shard() {
        return shard;
    }

    /** Whether a connection that comes back is of use. */
    boolean wantsBack() {
        return open || !waiting.isEmpty();
    }

    UpstreamCounters counters() {
        return counters;
    }

    /** A request begins on a connection. */
    void onRequestBegin() {
        counters.active(1);
    }

    /** A request has left its connection. */
    void onRequestEnd() {
        counters.active(-1);
    }

    /** A connection has nothing to do. */
    void offer(OriginConnection connection) {
        Lease next = waiting.peekFirst();
        if (next == null) {
            pushIdle(connection);
        } else if (connection.owner() == null) {
            waiting.removeFirst();
            next.onConnection(connection);
        } else {
            // Who waits is another client, for the owner has one request at a time: room for a new
            // connection is worth more than this one.
            connection.close();
        }
    }

    void onClosed(OriginConnection connection, boolean wasIdle) {
        size--;
        if (shared != null && connection.isPipelined()) {
            shared.remove(connection);
        } else if (wasIdle) {
            removeIdle(connection);
        }
        connectForWaiting();
    }

    void onIdleTimeout(OriginConnection connection) {
        if (connection.isPipelined() || idleCount > settings.minimumIdle() || connection.tooOld()) {
            connection.close();
        } else {
            connection.armIdle(shard.clock().nowNs() + settings.idleTimeoutNs());
        }
    }

    private void connect() {
        size++;
        connecting++;
        counters.connect();
        ChannelFuture connected = bootstrap.connect(endpoint.address());
        connected.addListener((ChannelFuture done) -> onConnected(done));
    }

    private void onConnected(ChannelFuture done) {
        connecting--;
        if (!done.isSuccess()) {
            Outcome outcome = connectFailure(done);
            Lease lease = waiting.pollFirst();
            if (lease != null) {
                lease.onUnavailable(outcome);
            }
            connectForWaiting();
            return;
        }
        OriginConnection connection = connection(done.channel(), null);
        if (wantsBack()) {
            offer(connection);
        } else {
            connection.close();
        }
    }

    private Outcome connectFailure(ChannelFuture done) {
        size--;
        counters.connectFailed();
        return done.cause() instanceof ConnectTimeoutException
                ? Outcome.CONNECT_TIMEOUT
                : Outcome.CONNECT_FAILED;
    }

    private OriginConnection connection(Channel channel, @Nullable SharedConnections of) {
        OriginConnection connection = new OriginConnection(this, of, channel, scratch);
        channel.pipeline().addLast(firstHandler, connection);
        channel.read();
        return connection;
    }

    /** Opens one more shared connection, if there may be one. */
    boolean connectShared() {
        if (size >= settings.maximumPoolSize()) {
            closeOldestIdle();
        }
        if (size >= settings.maximumPoolSize()) {
            return false;
        }
        size++;
        counters.connect();
        ChannelFuture connected = bootstrap.connect(endpoint.address());
        connected.addListener((ChannelFuture done) -> onSharedConnected(done));
        return true;
    }

    private void onSharedConnected(ChannelFuture done) {
        SharedConnections of = Objects.requireNonNull(shared, "shared");
        if (!done.isSuccess()) {
            of.onConnectFailed(connectFailure(done));
        } else {
            counters.idle(1);
            of.onConnected(connection(done.channel(), of));
        }
    }

    private void connectForWaiting() {
        while (connecting < waiting.size() && size < settings.maximumPoolSize()) {
            connect();
        }
    }

    private void maintain() {
        if (!open) {
            return;
        }
        int missing = settings.minimumIdle() - idleCount - connecting;
        for (int i = 0; i < missing && size < settings.maximumPoolSize(); i++) {
            connect();
        }
        if (maintenance != null) {
            maintenance.arm(shard.clock().nowNs() + MAINTENANCE_NS);
        }
    }

    private void pushIdle(OriginConnection connection) {
        if (idleCount == idle.length) {
            idle = Arrays.copyOf(idle, idle.length * 2);
        }
        idle[idleCount++] = connection;
        counters.idle(1);
        connection.armIdle(shard.clock().nowNs() + settings.idleTimeoutNs());
    }

    private @Nullable OriginConnection popIdle() {
        if (idleCount == 0) {
            return null;
        }
        OriginConnection connection = idle[--idleCount];
        counters.idle(-1);
        return connection;
    }

    private void removeIdle(OriginConnection connection) {
        for (int i = idleCount - 1; i >= 0; i--) {
            if (idle[i] == connection) {
                System.arraycopy(idle, i + 1, idle, i, idleCount - i - 1);
                idleCount--;
                counters.idle(-1);
                return;
            }
        }
    }

    private void closeOldestIdle() {
        if (idleCount > 0) {
            idle[0].close();
        } else if (shared != null) {
            shared.closeIdle();
        }
    }
}
