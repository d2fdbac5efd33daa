package io.millrace.stream;

import io.millrace.balance.Balancer;
import io.millrace.outcome.Outcome;
import io.millrace.proxyprotocol.HeaderEncoder;
import io.millrace.proxyprotocol.SentVersion;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel's way to its origin: an endpoint, at most one other when connecting fails, and what
 * that takes of the upstream's bounds; owned by one shard.
 */
@OwnedBy(Role.SHARD)
final class OriginLink {
    private final Tunnel tunnel;
    private final OriginGroup group;
    private @Nullable Origin origin;
    private @Nullable TunnelEnd end;
    private int endpoint = Balancer.NONE;
    private boolean retrying;
    private boolean retried;
    private boolean connected;
    private boolean closed;

    /** Makes a link; the caller has taken a place in the group, which {@link #close} gives back. */
    OriginLink(Tunnel tunnel, OriginGroup group) {
        this.tunnel = tunnel;
        this.group = group;
    }

    /** Connects; {@link Tunnel#onConnected} or {@link Tunnel#onUnavailable} follows. */
    void connect() {
        connectTo(group.pick(Balancer.NONE));
    }

    /** The origin that was tried last, or null when there was none. */
    @Nullable Origin origin() {
        return origin;
    }

    private void connectTo(int picked) {
        if (picked == Balancer.NONE) {
            tunnel.onUnavailable(Outcome.NO_ENDPOINT);
            return;
        }
        endpoint = picked;
        Origin to = group.origin(picked);
        TunnelEnd opening = new TunnelEnd(tunnel);
        origin = to;
        end = opening;
        to.count(1);
        group.upstreamCounters().connect();
        to.connector()
                .connect(opening)
                .addListener((ChannelFuture done) -> onConnect(opening, done));
    }

    /** Tells the origin who the client is, before any of its bytes, if it is to be told. */
    private void announce(TunnelEnd opened) {
        SentVersion version = group.sendProxyProtocol();
        if (version != SentVersion.OFF) {
            opened.write(
                    HeaderEncoder.encode(version, tunnel.identity(), ByteBufAllocator.DEFAULT));
        }
    }

    private void onConnect(TunnelEnd opened, ChannelFuture done) {
        if (closed) {
            opened.reset();
            return;
        }
        endRetry();
        if (done.isSuccess()) {
            connected = true;
            group.upstreamCounters().active(1);
            announce(opened);
            tunnel.onConnected(opened);
            return;
        }
        group.upstreamCounters().connectFailed();
        boolean timedOut = done.cause() instanceof ConnectTimeoutException;
        if (!retry()) {
            tunnel.onUnavailable(timedOut ? Outcome.CONNECT_TIMEOUT : Outcome.CONNECT_FAILED);
        }
    }

    /** Tries another endpoint, once, if there is one and the budget allows it. */
    private boolean retry() {
        int other = retried ? Balancer.NONE : group.pick(endpoint);
        if (other == endpoint || other == Balancer.NONE || !group.tryRetry()) {
            return false;
        }
        retried = true;
        retrying = true;
        release();
        connectTo(other);
        return true;
    }

    private void release() {
        if (origin != null && end != null) {
            origin.count(-1);
            end = null;
        }
    }

    private void endRetry() {
        if (retrying) {
            retrying = false;
            group.onRetryEnd();
        }
    }

    /** Gives up what the link holds. */
    void close(boolean inOrder) {
        if (closed) {
            return;
        }
        closed = true;
        if (end != null && inOrder) {
            end.close();
        } else if (end != null) {
            end.reset();
        }
        if (connected) {
            group.upstreamCounters().active(-1);
        }
        endRetry();
        release();
        group.leave();
    }
}
