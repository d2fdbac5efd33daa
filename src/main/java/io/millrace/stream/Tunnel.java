package io.millrace.stream;

import io.millrace.downstream.ClientIdentity;
import io.millrace.downstream.ClientTunnel;
import io.millrace.downstream.Listener;
import io.millrace.observe.ShardMetric;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.snapshot.TunnelSettings;
import io.millrace.sni.ClientHello;
import io.millrace.sni.TlsAlert;
import io.millrace.time.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection and the origin's, from accept to log line; owned by one shard.
 *
 * <p>It keeps the settings and the upstream that it began with. Each direction ends by itself; a
 * reset on either side, or a time-out, resets the other, so that bytes that are missing are never
 * taken for a proper end.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class Tunnel implements ClientTunnel, Relay.Listener, Timer.Listener {
    /** How long a client may take to close after it has been told that nothing follows. */
    private static final long LINGER_NS = 1_000_000_000L;

    /** Where the tunnel stands; printed by its name. */
    private enum State {
        /** Reads the ClientHello. */
        HELLO,
        /** Waits for the origin. */
        CONNECT,
        /** Passes bytes on. */
        RELAY,
        /** The client has been told that nothing follows; what still comes is dropped. */
        LINGER,
        CLOSED
    }

    private final TunnelProxy proxy;
    private final Listener listener;
    private final ListenerSettings settings;
    private final TunnelSettings tunnel;
    private final TunnelAccount account;
    private final TunnelEnd client = new TunnelEnd(this);
    private final EarlyBytes early = new EarlyBytes();
    private final Timer timer;
    private State state = State.HELLO;
    private Outcome ending = Outcome.OK;
    private @Nullable OriginLink link;
    private @Nullable Relay toOrigin;
    private @Nullable Relay toClient;
    private @Nullable TunnelEnd origin;
    private @Nullable TunnelSplice splice;
    private @Nullable LastBytes lastBytes;
    private final long spliceThresholdBytes;
    private boolean spliceTried;
    private final ClientIdentity identity;
    private boolean clientBroken;
    private boolean originBroken;
    private boolean accounted;

    Tunnel(
            TunnelProxy proxy,
            Listener listener,
            ListenerSettings settings,
            TunnelSettings tunnel,
            ClientIdentity identity) {
        this.proxy = proxy;
        this.listener = listener;
        this.settings = settings;
        this.tunnel = tunnel;
        this.identity = identity;
        this.account = new TunnelAccount(proxy, settings.name(), identity);
        this.timer = proxy.timer(this);
        this.spliceThresholdBytes = proxy.spliceThresholdBytes();
    }

    /** Who the client is, as far as is known by now. */
    ClientIdentity identity() {
        return identity;
    }

    @Override
    public ChannelHandler handler() {
        return client;
    }

    // ---- before there is an origin ----

    void onActive(TunnelEnd end) {
        if (end != client || state != State.HELLO) {
            return;
        }
        if (tunnel.readsHello()) {
            timer.arm(proxy.nowNs() + settings.headersTimeoutNs());
            client.read();
        } else {
            // Not a byte is read before the origin is there to take it.
            route(tunnel.targets().fallback());
        }
    }

    void onEarlyBytes(TunnelEnd end, ByteBuf bytes) {
        if (end == client && (state == State.HELLO || state == State.CONNECT)) {
            early.add(bytes);
        } else {
            bytes.release();
        }
    }

    void onEarlyReadComplete(TunnelEnd end) {
        if (end != client) {
            return;
        }
        switch (state) {
            case HELLO -> readHello();
            // While the origin is awaited nothing was asked for: the client has ended or reset, and
            // which of the two is told only by reading to the end.
            case CONNECT, LINGER -> client.read();
            case RELAY, CLOSED -> {}
        }
    }

    void onEarlyEnd(TunnelEnd end) {
        if (end != client) {
            return;
        }
        if (state == State.HELLO) {
            readHello();
        }
        // A client that only finished sending while the origin is awaited still gets its answer.
        if (state == State.HELLO) {
            finish(Outcome.CLIENT_ABORT, true);
        } else if (state == State.LINGER) {
            finish(ending, true);
        }
    }

    private void readHello() {
        if (!tunnel.readsHello()) {
            return;
        }
        ClientHello hello = proxy.hello();
        switch (early.read(hello)) {
            case INCOMPLETE -> client.read();
            case NOT_TLS -> finish(Outcome.NOT_TLS, false);
            case TOO_LARGE -> finish(Outcome.HELLO_TOO_LARGE, false);
            case COMPLETE -> {
                timer.disarm();
                account.serverName(hello.serverName());
                route(tunnel.targets().upstream(hello.serverName(), hello.protocols()));
            }
        }
    }

    private void route(@Nullable String upstream) {
        OriginGroup group = upstream == null ? null : proxy.group(upstream);
        if (group == null && tunnel.readsHello()) {
            refuse();
            return;
        }
        if (group == null) {
            finish(Outcome.NO_ENDPOINT, false);
            return;
        }
        if (!group.tryEnter()) {
            proxy.counters().add(ShardMetric.CONNECTIONS_REFUSED, 1);
            finish(Outcome.TOO_MANY_CONNECTIONS, false);
            return;
        }
        state = State.CONNECT;
        account.enter(group);
        link = new OriginLink(this, group);
        link.connect();
    }

    /** RFC 6066, section 3: a name that nobody answers to is worth an alert, not just a close. */
    private void refuse() {
        state = State.LINGER;
        ending = Outcome.UNRECOGNIZED_NAME;
        early.release();
        timer.arm(proxy.nowNs() + LINGER_NS);
        client.write(Unpooled.wrappedBuffer(TlsAlert.unrecognizedName()));
        client.finish(this::onRefusalSent);
    }

    private void onRefusalSent() {
        if (client.isInputEnded()) {
            finish(ending, true);
        } else {
            client.read();
        }
    }

    // ---- with an origin ----

    void onUnavailable(Outcome outcome) {
        finish(outcome, false);
    }

    void onConnected(TunnelEnd connected) {
        Relay up = new CopyRelay(client, connected, this);
        Relay down = new CopyRelay(connected, client, this);
        toOrigin = up;
        toClient = down;
        state = State.RELAY;
        client.attach(up, down);
        connected.attach(down, up);
        armIdle();
        ByteBuf ahead = early.take();
        if (ahead != null) {
            up.send(ahead);
        }
        up.start();
        if (client.isInputEnded()) {
            up.onSourceEnd();
        }
        down.start();
        origin = connected;
    }

    @Override
    public void onMoved(Relay relay, long bytes, boolean spliced) {
        armIdle();
        if (relay == toOrigin) {
            account.received(bytes, spliced);
        } else {
            account.sent(bytes, spliced);
        }
        if (!spliceTried && account.bytesOneWay() > spliceThresholdBytes) {
            trySplicing();
        }
    }

    /**
     * Goes over from copying to splicing, for good, unless one direction is just about to end: what
     * its end waits for lies in its channel. What moves little never gets here: a splice is two
     * calls, where a copy is a part of the loop's one.
     */
    private void trySplicing() {
        TunnelEnd connected = origin;
        Relay up = toOrigin;
        Relay down = toClient;
        if (connected == null || up == null || down == null || isEnding(up) || isEnding(down)) {
            return;
        }
        spliceTried = true;
        boolean hasPipe = proxy.splicing().pipes().hasRoom();
        TunnelSplice made =
                hasPipe ? TunnelSplice.open(proxy, this, client, connected, up, down) : null;
        if (made == null) {
            proxy.counters().add(ShardMetric.SPLICE_FALLBACKS, 1);
            return;
        }
        up.stop();
        down.stop();
        splice = made;
        toOrigin = made.toOrigin();
        toClient = made.toClient();
        made.begin();
    }

    private static boolean isEnding(Relay relay) {
        return relay.isSourceEnded() && !relay.isOver();
    }

    @Override
    public void onDone(Relay relay) {
        if (isOver(toOrigin) && isOver(toClient)) {
            finish(ending, true);
        }
    }

    private static boolean isOver(@Nullable Relay relay) {
        return relay != null && relay.isOver();
    }

    /** The connection at this end is broken. */
    void onFault(TunnelEnd end) {
        onGone(end, end == client ? Outcome.CLIENT_ABORT : Outcome.UPSTREAM_ABORT);
    }

    /** This end has said all it had to say, and is closed. */
    void onClosed(TunnelEnd end) {
        onGone(end, state == State.RELAY ? ending : Outcome.CLIENT_ABORT);
    }

    /**
     * This end takes no more, or has even refused what it was sent. Whether it has said all it had
     * to say, or was broken off, is told by reading the rest.
     */
    void onLastWords(TunnelEnd end, boolean refused) {
        if (end == client) {
            clientBroken = true;
            onLastWords(toOrigin, toClient, refused ? Outcome.CLIENT_ABORT : ending);
        } else {
            originBroken = true;
            onLastWords(toClient, toOrigin, refused ? Outcome.UPSTREAM_ABORT : ending);
        }
    }

    private void onGone(TunnelEnd end, Outcome outcome) {
        switch (state) {
            case HELLO, CONNECT -> {
                // What becomes of connecting is told by its future.
                if (end == client) {
                    finish(outcome, false);
                }
            }
            case RELAY -> {
                if (end == client) {
                    clientBroken = true;
                    onGone(toOrigin, toClient, outcome);
                } else {
                    originBroken = true;
                    onGone(toClient, toOrigin, outcome);
                }
            }
            case LINGER -> {
                if (end == client) {
                    finish(ending, false);
                }
            }
            case CLOSED -> {}
        }
    }

    /**
     * Had the end said all it had to say, then it only takes no more: as when an origin answers and
     * closes without reading the rest. What it said still arrives before the other end is closed.
     */
    private void onGone(@Nullable Relay outOf, @Nullable Relay into, Outcome outcome) {
        if (outOf != null && outOf.isSourceEnded()) {
            onLastWords(outOf, into, outcome);
        } else {
            finish(outcome, false);
        }
    }

    private void onLastWords(@Nullable Relay outOf, @Nullable Relay into, Outcome outcome) {
        ending = outcome;
        if (into != null) {
            into.stop();
        }
        if (isOver(outOf)) {
            finish(outcome, true);
        }
    }

    private void armIdle() {
        timer.arm(proxy.nowNs() + tunnel.idleTimeoutNs());
    }

    // ---- endings ----

    @Override
    public void onDeadline(long nowNs) {
        switch (state) {
            case HELLO -> finish(Outcome.CLIENT_TIMEOUT, false);
            case RELAY -> finish(Outcome.TUNNEL_IDLE, false);
            case LINGER -> linger(nowNs);
            case CONNECT, CLOSED -> {}
        }
    }

    private void linger(long nowNs) {
        if (lastBytes != null && lastBytes.areUnderWay(nowNs)) {
            timer.arm(nowNs + LINGER_NS);
        } else {
            finish(ending, true);
        }
    }

    @Override
    public void cut() {
        finish(Outcome.DRAINING, false);
    }

    private void finish(Outcome outcome, boolean inOrder) {
        if (state == State.CLOSED) {
            return;
        }
        boolean lingers = inOrder && state == State.RELAY && !clientBroken && isClientSending();
        // First of all: what is closed here may say so at once.
        state = lingers ? State.LINGER : State.CLOSED;
        ending = outcome;
        early.release();
        leaveOrigin(outcome, inOrder);
        if (lingers) {
            dropTheRest();
            return;
        }
        timer.release();
        if (inOrder && !clientBroken) {
            client.close();
        } else {
            client.reset();
        }
        listener.onClosed(this);
    }

    private boolean isClientSending() {
        return toOrigin != null && !toOrigin.isSourceEnded();
    }

    /** The tunnel is over; all that is left of it is the client's socket. */
    private void leaveOrigin(Outcome outcome, boolean inOrder) {
        if (accounted) {
            return;
        }
        accounted = true;
        if (toOrigin != null && toClient != null) {
            toOrigin.stop();
            toClient.stop();
        }
        if (splice != null) {
            splice.close();
        }
        if (link != null) {
            link.close(inOrder && !originBroken);
        }
        account.end(outcome, link == null ? null : link.origin());
    }

    /** All is sent, and nobody takes what the client sends: it must not cost it its answer. */
    private void dropTheRest() {
        lastBytes = new LastBytes(proxy.splicing().calls(), client.fd(), tunnel.idleTimeoutNs());
        timer.arm(proxy.nowNs() + LINGER_NS);
        client.drop(proxy.splicing());
    }

    /** For a log: the state and the two sockets. */
    String describe() {
        return state + " of listener " + settings.name() + ", client fd " + client.fd();
    }
}
