package io.millrace.observe;

import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What is to be logged about one finished request or tunnel; owned by one shard, filled again for
 * the next.
 *
 * <p>Fields refer to bytes where they lie; {@link AccessLogRing#offer} copies them, after which
 * they may go.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class AccessEvent {
    /** The status of what has none. */
    public static final int NO_STATUS = -1;

    private static final DirectBuffer EMPTY = new UnsafeBuffer(0, 0);

    /** When the request arrived, in milliseconds since 1970. */
    public long epochMs;

    public long durationNs;
    public long bytesReceived;
    public long bytesSent;

    /** What the client was sent, 0 when nothing, {@link #NO_STATUS} when it is not asked for. */
    public int status;

    public Outcome outcome = Outcome.OK;

    private final DirectBuffer[] buffers = new DirectBuffer[AccessField.count()];
    private final int[] offsets = new int[AccessField.count()];
    private final int[] lengths = new int[AccessField.count()];

    /** Makes an event without any field. */
    public AccessEvent() {
        clear();
    }

    /** Forgets all fields and numbers. */
    public void clear() {
        epochMs = 0;
        durationNs = 0;
        bytesReceived = 0;
        bytesSent = 0;
        status = 0;
        outcome = Outcome.OK;
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = EMPTY;
            offsets[i] = 0;
            lengths[i] = 0;
        }
    }

    /** Says where a field's bytes lie. */
    public void set(AccessField field, DirectBuffer buffer, int offset, int length) {
        int i = field.ordinal();
        buffers[i] = buffer;
        offsets[i] = offset;
        lengths[i] = length;
    }

    /** Takes the whole buffer as a field. */
    public void set(AccessField field, DirectBuffer buffer) {
        set(field, buffer, 0, buffer.capacity());
    }

    DirectBuffer buffer(int field) {
        return buffers[field];
    }

    int offset(int field) {
        return offsets[field];
    }

    int length(int field) {
        return lengths[field];
    }
}
