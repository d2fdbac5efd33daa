package io.millrace.downstream;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

/**
 * The end of a client's connection: what is queued is sent, then that nothing follows, then what
 * still comes is dropped for a moment, so that the client sees the last answer (RFC 9112, section
 * 9.6); owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class Lingering {
    /** How long is read after the last answer. */
    static final long TIME_NS = 1_000_000_000L;

    private static final long MAXIMUM_BYTES = 1024 * 1024;

    private final ClientConnection connection;
    private final Channel channel;
    private long bytes;

    Lingering(ClientConnection connection, Channel channel) {
        this.connection = connection;
        this.channel = channel;
    }

    /** Begins; a plain close loses nothing when the client has nothing under way. */
    void begin(boolean plainClose) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> afterLastWrite(plainClose));
    }

    private void afterLastWrite(boolean plainClose) {
        if (!channel.isOpen()) {
            return;
        }
        if (plainClose || !(channel instanceof DuplexChannel duplex)) {
            connection.close();
            return;
        }
        var _ = duplex.shutdownOutput();
        connection.onLastWrite();
    }

    /** Drops what came; closes the connection when it was too much. */
    void drop(ByteBuf in) {
        bytes += in.readableBytes();
        in.release();
        if (bytes > MAXIMUM_BYTES) {
            connection.close();
        }
    }
}
