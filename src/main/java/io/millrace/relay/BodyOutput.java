package io.millrace.relay;

import io.netty.buffer.ByteBuf;

/** Where a relayed body goes; called on the owning shard's thread. */
public interface BodyOutput {
    /** Sends bytes on; the buffer now belongs to the output. */
    void sendBody(ByteBuf bytes);

    /** A buffer of this many bytes for framing. */
    ByteBuf allocate(int capacity);
}
