package io.millrace.proxy;

import io.millrace.bytes.ByteWriter;
import io.millrace.downstream.ClientConnection;
import io.millrace.encode.RequestId;
import io.millrace.http.RequestHead;
import io.millrace.observe.AccessEvent;
import io.millrace.observe.AccessField;
import io.millrace.observe.AccessLogRing;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.WallClock;
import java.nio.charset.StandardCharsets;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange leaves in the access log; owned by one shard.
 *
 * <p>The request's head is gone when its exchange ends, so what the line shows of it is copied at
 * the start. Without an access log there is no trail and nothing is copied.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class AccessTrail {
    private static final int METHOD_BYTES = 32;
    private static final int HOST_BYTES = 256;
    private static final int TARGET_BYTES = 1024;
    private static final int HOST_AT = METHOD_BYTES;
    private static final int TARGET_AT = HOST_AT + HOST_BYTES;
    private static final int ID_AT = TARGET_AT + TARGET_BYTES;
    private static final int ALIGNMENT = 64;

    private final AccessLogRing ring;
    private final AccessEvent event = new AccessEvent();
    private final UnsafeBuffer client = new UnsafeBuffer(0, 0);
    private final ByteWriter id = new ByteWriter();
    private final UnsafeBuffer copy =
            new UnsafeBuffer(
                    BufferUtil.allocateDirectAligned(ID_AT + RequestId.MAXIMUM_LENGTH, ALIGNMENT));

    AccessTrail(AccessLogRing ring) {
        this.ring = ring;
    }

    /** A name as the log wants it. */
    static UnsafeBuffer name(String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Begins a line. */
    void start() {
        event.clear();
        event.epochMs = WallClock.epochMillis();
    }

    /** Copies what the line shows of the head. */
    void capture(RequestHead head) {
        capture(AccessField.METHOD, head, head.methodOffset, head.methodLength, 0, METHOD_BYTES);
        capture(
                AccessField.HOST,
                head,
                head.authorityOffset,
                head.authorityLength,
                HOST_AT,
                HOST_BYTES);
        capture(
                AccessField.TARGET,
                head,
                head.targetOffset,
                head.targetLength,
                TARGET_AT,
                TARGET_BYTES);
    }

    private void capture(
            AccessField field, RequestHead head, int offset, int length, int at, int limit) {
        int kept = Math.min(length, limit);
        copy.putBytes(at, head.bytes, offset, kept);
        event.set(field, copy, at, kept);
    }

    /** What was measured of the exchange. */
    void numbers(long durationNs, long received, long sent, int status, Outcome outcome) {
        event.durationNs = durationNs;
        event.bytesReceived = received;
        event.bytesSent = sent;
        event.status = status;
        event.outcome = outcome;
    }

    /** Hands the line to the log. */
    void offer(
            ClientConnection from,
            RequestId requestId,
            RouteEntry route,
            @Nullable Cluster cluster,
            int endpoint) {
        id.wrap(copy.addressOffset() + ID_AT, RequestId.MAXIMUM_LENGTH);
        requestId.write(id);
        event.set(AccessField.REQUEST_ID, copy, ID_AT, id.position());
        client.wrap(from.identity().addressText());
        event.set(AccessField.CLIENT, client);
        event.set(AccessField.LISTENER, route.listener());
        event.set(AccessField.ROUTE, route.name());
        if (cluster != null && endpoint >= 0) {
            event.set(AccessField.UPSTREAM, cluster.endpointName(endpoint));
        }
        ring.offer(event);
    }
}
