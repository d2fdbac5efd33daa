package io.millrace.proxy;

import io.millrace.downstream.ClientConnection;
import io.millrace.encode.RequestId;
import io.millrace.http.RequestHead;
import io.millrace.observe.ShardMetric;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.jspecify.annotations.Nullable;

/** What one exchange is charged with: counters and its line in the log; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class RequestAccount {
    private final Proxy proxy;
    private final RequestId id;
    private final @Nullable AccessTrail trail;
    private long startNs;
    private long receivedBytes;
    private long copiedBytes;

    RequestAccount(Proxy proxy, RequestId id) {
        this.proxy = proxy;
        this.id = id;
        this.trail = proxy.newTrail();
    }

    void open() {
        startNs = proxy.shard().clock().nowNs();
        receivedBytes = 0;
        copiedBytes = 0;
        if (trail != null) {
            trail.start();
        }
        proxy.counters().add(ShardMetric.REQUESTS_ACTIVE, 1);
    }

    void onHead(RequestHead received) {
        receivedBytes = received.length;
        if (trail != null) {
            trail.capture(received);
        }
    }

    void onBody(long bytes) {
        receivedBytes += bytes;
        copiedBytes += bytes;
    }

    /** Body bytes of the request that passed unseen. */
    void onSpliced(long bytes) {
        receivedBytes += bytes;
    }

    void close(
            ClientConnection from,
            @Nullable RouteEntry route,
            OriginAttempt attempt,
            int method,
            int status,
            ClientResponse response,
            Outcome outcome) {
        long sentBytes = response.sentBytes();
        long copied = copiedBytes + response.copiedBodyBytes();
        if (copied > 0) {
            proxy.counters().add(ShardMetric.COPIED_BODY_BYTES, copied);
        }
        RouteEntry entry =
                route != null
                        ? route
                        : proxy.tables().entry(from.settings().name(), ActiveTables.NO_ROUTE);
        long durationNs = proxy.shard().clock().nowNs() - startNs;
        entry.counters().finished(method, status, durationNs, receivedBytes, sentBytes);
        proxy.counters().outcome(outcome);
        proxy.counters().add(ShardMetric.REQUESTS_ACTIVE, -1);
        if (trail != null) {
            trail.numbers(durationNs, receivedBytes, sentBytes, status, outcome);
            trail.offer(from, id, entry, attempt.clusterOrNone(), attempt.endpoint());
        }
    }
}
