package io.millrace.stream;

import io.millrace.downstream.ClientIdentity;
import io.millrace.observe.ShardMetric;
import io.millrace.observe.TunnelCounters;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.WallClock;
import org.jspecify.annotations.Nullable;

/** What one tunnel is counted and logged for; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class TunnelAccount {
    private final TunnelProxy proxy;
    private final String listener;
    private final ClientIdentity identity;
    private final long epochMs = WallClock.epochMillis();
    private final long startNs;
    private @Nullable TunnelCounters counters;
    private @Nullable String serverName;
    private long bytesReceived;
    private long bytesSent;

    TunnelAccount(TunnelProxy proxy, String listener, ClientIdentity identity) {
        this.proxy = proxy;
        this.listener = listener;
        this.identity = identity;
        this.startNs = proxy.nowNs();
    }

    /** The client has asked for this name. */
    void serverName(@Nullable String name) {
        serverName = name;
    }

    /** It leads to this upstream. */
    void enter(OriginGroup group) {
        counters = group.counters(listener);
        counters.opened();
    }

    /** Bytes went from the client to the origin. */
    void received(long bytes, boolean spliced) {
        count(bytes, spliced);
        bytesReceived += bytes;
        if (counters != null) {
            counters.received(bytes);
        }
    }

    /** Bytes went from the origin to the client. */
    void sent(long bytes, boolean spliced) {
        count(bytes, spliced);
        bytesSent += bytes;
        if (counters != null) {
            counters.sent(bytes);
        }
    }

    private void count(long bytes, boolean spliced) {
        proxy.counters()
                .add(spliced ? ShardMetric.SPLICED_BYTES : ShardMetric.COPIED_BODY_BYTES, bytes);
    }

    /** Bytes that went in the direction in which more did. */
    long bytesOneWay() {
        return Math.max(bytesReceived, bytesSent);
    }

    /** It is over. */
    void end(Outcome outcome, @Nullable Origin origin) {
        if (counters != null) {
            counters.closed();
        }
        proxy.counters().outcome(outcome);
        TunnelLog log = proxy.log();
        if (log != null) {
            log.write(
                    new TunnelLog.Line(
                            epochMs,
                            proxy.nowNs() - startNs,
                            bytesReceived,
                            bytesSent,
                            outcome,
                            listener,
                            identity.addressText(),
                            serverName,
                            origin));
        }
    }
}
