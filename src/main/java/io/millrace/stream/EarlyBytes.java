package io.millrace.stream;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.sni.ClientHello;
import io.millrace.sni.HelloState;
import io.netty.buffer.ByteBuf;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent before there is an origin to send it to; owned by one shard.
 *
 * <p>Nothing more is read than a ClientHello needs, or than the transport reads unasked when the
 * client half-closes, which is what its socket's buffer holds at the most.
 */
@OwnedBy(Role.SHARD)
final class EarlyBytes {
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private @Nullable ByteBuf held;
    private int wantedBytes;

    /** Adds received bytes; the buffer now belongs here. */
    void add(ByteBuf bytes) {
        if (held == null) {
            held = bytes;
        } else {
            held.writeBytes(bytes);
            bytes.release();
        }
    }

    /** Reads them as a ClientHello, unless there are too few to tell more than the last time. */
    HelloState read(ClientHello hello) {
        ByteBuf bytes = held;
        if (bytes == null || bytes.readableBytes() < wantedBytes) {
            return HelloState.INCOMPLETE;
        }
        int length = bytes.readableBytes();
        view.wrap(bytes.memoryAddress() + bytes.readerIndex(), length);
        HelloState state = hello.read(view, 0, length);
        wantedBytes = hello.wantedBytes();
        return state;
    }

    /** Gives all of them away; null when there are none. */
    @Nullable ByteBuf take() {
        ByteBuf all = held;
        held = null;
        return all;
    }

    void release() {
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
