package io.millrace.stream;

import io.millrace.downstream.ClientIdentity;
import io.millrace.downstream.ClientTunnel;
import io.millrace.downstream.Listener;
import io.millrace.downstream.Tunnels;
import io.millrace.observe.AccessLogRing;
import io.millrace.observe.ShardCounters;
import io.millrace.observe.ShardMetric;
import io.millrace.relay.Splicing;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.snapshot.Snapshot;
import io.millrace.snapshot.TunnelSettings;
import io.millrace.sni.ClientHello;
import io.millrace.time.Timer;
import io.millrace.transport.Transport;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** What the tunnels of one shard share: upstreams, counters and the log; owned by one shard. */
@OwnedBy(Role.SHARD)
public final class TunnelProxy implements Tunnels {
    private final Shard shard;
    private final Splicing splicing;
    private final ShardCounters counters;
    private final @Nullable TunnelLog log;
    private final OriginDirectory origins;
    private final ClientHello hello = new ClientHello();
    private long spliceThresholdBytes = Long.MAX_VALUE;

    /** Makes a proxy without upstreams. */
    public TunnelProxy(
            Shard shard,
            Transport transport,
            Splicing splicing,
            ShardCounters counters,
            @Nullable AccessLogRing accessLog) {
        this.shard = shard;
        this.splicing = splicing;
        this.counters = counters;
        this.log = accessLog == null ? null : new TunnelLog(accessLog);
        this.origins = new OriginDirectory(shard, transport, counters);
    }

    /** Runs on another generation from the next tunnel on. */
    public void onSnapshot(Snapshot next) {
        origins.onUpstreams(next.upstreams());
        spliceThresholdBytes = next.splice().thresholdBytes();
    }

    @Override
    public ClientTunnel open(Listener listener, Channel client, ClientIdentity identity) {
        ListenerSettings settings = listener.settings();
        TunnelSettings tunnel = settings.tunnel();
        if (tunnel == null) {
            throw new IllegalStateException("listener " + settings.name() + " has no tunnels");
        }
        return new Tunnel(this, listener, settings, tunnel, identity);
    }

    @Nullable OriginGroup group(String upstream) {
        return origins.group(upstream);
    }

    /** The shard's reader of ClientHellos, used by one call at a time. */
    ClientHello hello() {
        return hello;
    }

    Splicing splicing() {
        return splicing;
    }

    /** A tunnel that has moved no more than this either way is copied. */
    long spliceThresholdBytes() {
        return spliceThresholdBytes;
    }

    /** Publishes how many pipes are out. */
    void countPipes() {
        counters.set(ShardMetric.PIPES_IN_USE, splicing.pipes().inUse());
    }

    ShardCounters counters() {
        return counters;
    }

    @Nullable TunnelLog log() {
        return log;
    }

    Timer timer(Timer.Listener listener) {
        return shard.timers().timer(listener);
    }

    long nowNs() {
        return shard.clock().nowNs();
    }
}
