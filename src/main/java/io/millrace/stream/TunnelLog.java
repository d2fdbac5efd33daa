package io.millrace.stream;

import io.millrace.observe.AccessEvent;
import io.millrace.observe.AccessField;
import io.millrace.observe.AccessLogRing;
import io.millrace.outcome.Outcome;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Writes one access-log line per tunnel, when it ends; owned by one shard. */
@OwnedBy(Role.SHARD)
final class TunnelLog {
    /**
     * What a line says; owned by one shard.
     *
     * @param client the client's address in ASCII
     * @param serverName what the client asked for by TLS, if it did
     * @param origin the endpoint that was connected or tried, if there was one
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Line(
            long epochMs,
            long durationNs,
            long bytesReceived,
            long bytesSent,
            Outcome outcome,
            String listener,
            byte[] client,
            @Nullable String serverName,
            @Nullable Origin origin) {}

    private final AccessLogRing ring;
    private final AccessEvent event = new AccessEvent();

    TunnelLog(AccessLogRing ring) {
        this.ring = ring;
    }

    void write(Line line) {
        event.clear();
        event.epochMs = line.epochMs;
        event.durationNs = line.durationNs;
        event.bytesReceived = line.bytesReceived;
        event.bytesSent = line.bytesSent;
        event.status = AccessEvent.NO_STATUS;
        event.outcome = line.outcome;
        event.set(AccessField.LISTENER, utf8(line.listener));
        event.set(AccessField.CLIENT, new UnsafeBuffer(line.client));
        if (line.serverName != null) {
            event.set(AccessField.SERVER_NAME, utf8(line.serverName));
        }
        if (line.origin != null) {
            event.set(AccessField.UPSTREAM, line.origin.name());
        }
        ring.offer(event);
    }

    private static UnsafeBuffer utf8(String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }
}
