package io.millrace.downstream;

import io.millrace.http.RequestHead;
import io.millrace.observe.ShardCounters;
import io.millrace.observe.ShardMetric;
import io.millrace.proxyprotocol.AcceptedVersions;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One shard's socket of one listener, with the connections accepted on it; owned by one shard. */
@OwnedBy(Role.SHARD)
public final class Listener {
    private final Shard shard;
    private final Spread spread;
    private final Transport transport;
    private final ChannelHandler firstHandler;
    private final RequestSinks sinks;
    private final Tunnels tunnels;
    private final ShardCounters counters;
    private final RequestHead scratch;
    private final Set<ClientTunnel> openTunnels = new HashSet<>();
    private ListenerSettings settings;
    private @Nullable ListeningSocket socket;
    private @Nullable ClientConnection first;
    private int connections;
    private boolean draining;

    /** Makes a listener that is not yet bound; {@code scratch} is the shard's request head. */
    public Listener(
            Shard shard,
            Spread spread,
            Transport transport,
            ListenerSettings settings,
            RequestSinks sinks,
            Tunnels tunnels,
            ShardCounters counters,
            RequestHead scratch) {
        this.shard = shard;
        this.spread = spread;
        this.transport = transport;
        this.firstHandler = transport.firstHandler();
        this.settings = settings;
        this.sinks = sinks;
        this.tunnels = tunnels;
        this.counters = counters;
        this.scratch = scratch;
    }

    /**
     * Binds the shard's socket; may be called from any thread.
     *
     * @param address where, port 0 for one of the kernel's choice
     * @param unixSocket whether the address is a path
     */
    public ChannelFuture bind(SocketAddress address, boolean unixSocket) {
        ListeningSocket opening = new ListeningSocket(shard, spread, this);
        socket = opening;
        return opening.bind(transport, address, unixSocket);
    }

    /** Has no socket of its own, but serves what other shards accept; from any thread. */
    public void standBy() {
        socket = new ListeningSocket(shard, spread, this);
    }

    /**
     * Makes listeners one that has a socket on each shard; before they are opened, from any thread.
     *
     * @param all one of each shard, by the shard's number
     */
    public static void join(List<Listener> all) {
        List<ListeningSocket> sockets = new ArrayList<>();
        all.forEach(listener -> sockets.add(Objects.requireNonNull(listener.socket)));
        sockets.forEach(socket -> socket.peers(sockets));
    }

    /** Begins to accept. */
    public void open() {
        Channel bound = channel();
        if (bound != null) {
            bound.config().setAutoRead(true);
        }
    }

    /**
     * Makes a listener for another protocol that takes the socket over, so that no connection in
     * its backlog is lost; what was accepted before stays here.
     */
    public Listener succeed(ListenerSettings changed) {
        Listener next =
                new Listener(shard, spread, transport, changed, sinks, tunnels, counters, scratch);
        ListeningSocket handedOver = socket;
        if (handedOver != null) {
            handedOver.owner(next);
            next.socket = handedOver;
            socket = null;
        }
        return next;
    }

    /** The socket that it accepts from, if it has one. */
    public @Nullable Channel channel() {
        ListeningSocket bound = socket;
        return bound == null ? null : bound.channel();
    }

    void accept(Channel accepted) {
        connections++;
        counters.add(ShardMetric.CONNECTIONS_ACCEPTED, 1);
        counters.add(ShardMetric.CONNECTIONS_ACTIVE, 1);
        if (settings.tunnel() == null) {
            acceptRequests(accepted);
        } else {
            ClientIdentity identity = new ClientIdentity(accepted);
            ClientTunnel tunnel = tunnels.open(this, accepted, identity);
            openTunnels.add(tunnel);
            addStages(accepted, identity);
            accepted.pipeline().addLast(tunnel.handler());
        }
    }

    private void acceptRequests(Channel accepted) {
        ClientConnection connection = new ClientConnection(this, accepted);
        connection.next = first;
        if (first != null) {
            first.previous = connection;
        }
        first = connection;
        addStages(accepted, connection.identity());
        accepted.pipeline().addLast(connection);
    }

    /** What a connection goes through before anything else. */
    private void addStages(Channel accepted, ClientIdentity identity) {
        accepted.pipeline().addLast(firstHandler);
        if (settings.proxyProtocol() != AcceptedVersions.OFF) {
            accepted.pipeline().addLast(new ProxyHeaderStage(shard, settings, counters, identity));
        }
    }

    void onClosed(ClientConnection connection) {
        ClientConnection before = connection.previous;
        ClientConnection after = connection.next;
        if (before != null) {
            before.next = after;
        } else {
            first = after;
        }
        if (after != null) {
            after.previous = before;
        }
        connection.next = null;
        connection.previous = null;
        onClosed();
        sinks.closed(connection);
    }

    /** A tunnel has ended. */
    public void onClosed(ClientTunnel tunnel) {
        openTunnels.remove(tunnel);
        onClosed();
    }

    private void onClosed() {
        connections--;
        spread.leave(shard.index());
        counters.add(ShardMetric.CONNECTIONS_CLOSED, 1);
        counters.add(ShardMetric.CONNECTIONS_ACTIVE, -1);
    }

    /** What holds for the next request; changes with the generation. */
    public ListenerSettings settings() {
        return settings;
    }

    /** Takes the settings of a new generation. */
    public void settings(ListenerSettings changed) {
        settings = changed;
    }

    /** Where the socket is bound, once it is. */
    public @Nullable SocketAddress localAddress() {
        Channel bound = channel();
        return bound == null ? null : bound.localAddress();
    }

    /**
     * Answers now carry {@code Connection: close}, idle connections are closed, new ones still
     * served. Tunnels go on: only their ends know when they are of no more use.
     */
    public void drain() {
        draining = true;
        ClientConnection connection = first;
        while (connection != null) {
            ClientConnection after = connection.next;
            connection.onDrain();
            connection = after;
        }
    }

    /** Closes the listening socket. */
    public void close() {
        Channel bound = channel();
        if (bound != null) {
            bound.close();
        }
    }

    /** Closes what is left, answered or not. */
    public void closeConnections() {
        ClientConnection connection = first;
        while (connection != null) {
            ClientConnection after = connection.next;
            connection.fail();
            connection = after;
        }
        List.copyOf(openTunnels).forEach(ClientTunnel::cut);
    }

    /** Whether connections are being ended. */
    public boolean isDraining() {
        return draining;
    }

    /** Connections that are open, tunnels among them. */
    public int connections() {
        return connections;
    }

    /** Connections whose bytes are relayed as they come. */
    public int tunnels() {
        return openTunnels.size();
    }

    Shard shard() {
        return shard;
    }

    RequestSinks sinks() {
        return sinks;
    }

    RequestHead scratch() {
        return scratch;
    }

    ShardCounters counters() {
        return counters;
    }
}
