package io.millrace.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Lends a channel's descriptor to system calls of our own; called on the owning shard's thread
 * only.
 *
 * <p>A descriptor that is read by others must be off its channel's loop: Netty reads by itself as
 * soon as the peer has finished sending (POLLRDHUP), and under io_uring that read is done by the
 * kernel before we hear of it, so bytes would change places.
 */
public final class Sockets {
    private Sockets() {}

    /** The channel's descriptor. */
    public static int descriptor(Channel channel) {
        return ((UnixChannel) channel).fd().intValue();
    }

    /** Bytes that were written and that the kernel has not taken yet. */
    public static long pendingBytes(Channel channel) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
    }

    /**
     * Takes out of a detached channel what was written to it and not sent: under io_uring it would
     * stay there. The buffers now belong to the taker.
     */
    public static void takePending(Channel channel, Consumer<ByteBuf> taker) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        if (out == null) {
            return;
        }
        out.addFlush();
        while (out.current() instanceof ByteBuf bytes) {
            taker.accept(bytes.retain());
            out.remove();
        }
    }

    /**
     * Why the connection failed, 0 if it did not: SO_ERROR, socket(7), which is told once.
     *
     * <p>A reset is ECONNRESET where the peer had not finished sending, and EPIPE where it had.
     */
    public static int takeError(Channel channel) {
        try {
            return ((Socket) ((UnixChannel) channel).fd()).getSoError();
        } catch (IOException _) {
            return SystemCalls.EBADF;
        }
    }

    /**
     * Takes a channel off its loop; the listener is told when nothing is under way any more. What
     * was received until then is still delivered.
     */
    public static void detach(Channel channel, ChannelFutureListener listener) {
        channel.deregister().addListener(listener);
    }

    /** Puts a detached channel back; it reads and writes again at once. */
    public static void attach(EventLoop loop, Channel channel) {
        loop.register(channel);
        channel.flush();
    }

    /** Closes a channel so that its peer sees a reset, whatever was still to be sent. */
    public static void reset(Channel channel) {
        if (channel instanceof DuplexChannel && channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        close(channel);
    }

    /** Closes a channel that may be detached, in which case its loop would not close it. */
    public static void close(Channel channel) {
        if (!channel.isRegistered() && channel.isOpen()) {
            try {
                ((UnixChannel) channel).fd().close();
            } catch (IOException _) {
                // close(2) has let go of the descriptor whatever it said.
            }
        }
        channel.close();
    }
}
