package io.millrace.stream;

import io.millrace.observe.ShardMetric;
import io.millrace.relay.Splicing;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.Readiness;
import io.millrace.transport.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel whose bytes pass inside the kernel, its two sockets off their loop; owned by one
 * shard.
 *
 * <p>Both leave their loop at once, for each is read in one direction and written in the other, and
 * they do not come back: where splicing does not work, the same pumps copy. What a loop would have
 * noticed of a socket that is neither read nor written now, a reset, is watched for here.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class TunnelSplice {
    private final TunnelProxy proxy;
    private final Tunnel tunnel;
    private final Side client;
    private final Side origin;
    private int attached = 2;
    private boolean copying;
    private boolean closed;

    private TunnelSplice(
            TunnelProxy proxy,
            Tunnel tunnel,
            TunnelEnd client,
            TunnelEnd origin,
            Relay up,
            Relay down) {
        this.proxy = proxy;
        this.tunnel = tunnel;
        SpliceRelay toOrigin = new SpliceRelay(this, client, origin, up, tunnel);
        SpliceRelay toClient = new SpliceRelay(this, origin, client, down, tunnel);
        this.client = new Side(client, toOrigin, toClient);
        this.origin = new Side(origin, toClient, toOrigin);
    }

    /** One end, and what passes bytes out of it and into it; owned by one shard. */
    private final class Side implements Readiness.Listener {
        private final TunnelEnd end;
        private final SpliceRelay outOf;
        private final SpliceRelay into;
        private @Nullable Readiness gone;

        Side(TunnelEnd end, SpliceRelay outOf, SpliceRelay into) {
            this.end = end;
            this.outOf = outOf;
            this.into = into;
        }

        void open() {
            gone = proxy.splicing().watch(end.fd(), this);
        }

        void detach() {
            end.attach(outOf, into);
            end.detach(done -> onDetached(this, done.isSuccess()));
        }

        void await() {
            if (gone != null && end.isOpen()) {
                gone.await(0);
            }
        }

        /**
         * Reading tells a reset from an end, but not while the other side takes nothing. Where this
         * one has been told that nothing follows, a hang-up may be just that, and reading must do;
         * and io_uring tells unasked that it has finished sending (POLLRDHUP), which is no hang-up.
         */
        @Override
        public void onReady(int mask) {
            if (into.isOver() || (mask & Readiness.HANG_UP) == 0) {
                return;
            }
            switch (end.takeError()) {
                // A Unix socket's peer has closed it.
                case 0 -> tunnel.onLastWords(end, false);
                case SystemCalls.EPIPE -> tunnel.onLastWords(end, true);
                default -> tunnel.onFault(end);
            }
        }

        void close() {
            if (gone != null) {
                gone.close();
            }
        }
    }

    /** Prepares a tunnel; null when there are no descriptors to watch its sockets with. */
    static @Nullable TunnelSplice open(
            TunnelProxy proxy,
            Tunnel tunnel,
            TunnelEnd client,
            TunnelEnd origin,
            Relay up,
            Relay down) {
        TunnelSplice made = new TunnelSplice(proxy, tunnel, client, origin, up, down);
        try {
            made.client.open();
            made.origin.open();
        } catch (IllegalStateException _) {
            made.close();
            return null;
        }
        if (made.toOrigin().open() && made.toClient().open()) {
            return made;
        }
        made.close();
        return null;
    }

    SpliceRelay toOrigin() {
        return client.outOf;
    }

    SpliceRelay toClient() {
        return origin.outOf;
    }

    /** Takes the sockets off their loop; from now on the relays are these. */
    void begin() {
        client.detach();
        origin.detach();
    }

    private void onDetached(Side side, boolean success) {
        attached--;
        if (closed) {
            return;
        }
        if (!success) {
            tunnel.onFault(side.end);
        } else if (attached == 0) {
            client.await();
            origin.await();
            toOrigin().start();
            toClient().start();
        }
    }

    /** Stops both directions and lets go of the sockets, which the caller closes. */
    void close() {
        closed = true;
        toOrigin().stop();
        toClient().stop();
        client.close();
        origin.close();
        countPipes();
    }

    // ---- what the relays ask for ----

    Splicing splicing() {
        return proxy.splicing();
    }

    void countPipes() {
        proxy.countPipes();
    }

    /** One direction cannot be spliced: neither is from now on. */
    void onDetour() {
        if (!copying) {
            copying = true;
            toOrigin().takeDetour();
            toClient().takeDetour();
            proxy.counters().add(ShardMetric.SPLICE_FALLBACKS, 1);
        }
    }

    void onFault(TunnelEnd end) {
        tunnel.onFault(end);
    }

    void onRefusal(TunnelEnd end) {
        tunnel.onLastWords(end, true);
    }
}
