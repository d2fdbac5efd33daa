package io.millrace.stream;

import io.millrace.relay.Splicing;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of a tunnel's two sockets; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class TunnelEnd extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelEnd.class);

    /** One buffer per read, so that a sink that takes no more is noticed before the next. */
    private static final RecvByteBufAllocator ONE_READ =
            new AdaptiveRecvByteBufAllocator(1024, 4096, 64 * 1024).maxMessagesPerRead(1);

    private static final int NO_FD = -1;

    private final Tunnel tunnel;
    private @Nullable Channel channel;
    private @Nullable Relay outOf;
    private @Nullable Relay into;
    private boolean inputEnded;

    TunnelEnd(Tunnel tunnel) {
        this.tunnel = tunnel;
    }

    // ---- what relays and the tunnel ask for ----

    /** Connects the end to its two relays: one reads from it, one writes to it. */
    void attach(Relay readsFromHere, Relay writesToHere) {
        outOf = readsFromHere;
        into = writesToHere;
    }

    /** The socket's descriptor, -1 before there is one. */
    int fd() {
        return channel instanceof UnixChannel unix ? unix.fd().intValue() : NO_FD;
    }

    /** Whether it has said that it sends no more. */
    boolean isInputEnded() {
        return inputEnded;
    }

    boolean isWritable() {
        return channel != null && channel.isWritable();
    }

    void read() {
        if (channel != null && !inputEnded) {
            channel.read();
        }
    }

    /** Queues bytes; the buffer now belongs to the end. */
    void write(ByteBuf bytes) {
        if (channel == null) {
            bytes.release();
        } else {
            channel.write(bytes, channel.voidPromise());
        }
    }

    void flush() {
        if (channel != null) {
            channel.flush();
        }
    }

    /** Sends what is queued, then says that nothing follows. */
    void finish(Runnable onFinished) {
        if (channel instanceof DuplexChannel duplex) {
            duplex.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(written -> {
                        if (written.isSuccess() && duplex.shutdownOutput().isSuccess()) {
                            onFinished.run();
                        } else {
                            tunnel.onFault(this);
                        }
                    });
        }
    }

    /** Says that nothing follows; whether the socket could. */
    boolean finishNow() {
        return channel instanceof DuplexChannel duplex && duplex.shutdownOutput().isSuccess();
    }

    /** Closes in order: what has been sent still arrives. */
    void close() {
        if (channel != null) {
            Sockets.close(channel);
        }
    }

    /** Closes with a reset, so that what was sent is never taken for complete. */
    void reset() {
        if (channel != null) {
            Sockets.reset(channel);
        }
    }

    // ---- what they ask for to pass bytes by themselves ----

    /**
     * Takes the socket off its loop; what was received until then is still delivered.
     *
     * <p>It may be closed when it is off, see {@link #channelInactive}, which comes only later. By
     * then its descriptor's number may be that of another connection.
     */
    void detach(ChannelFutureListener onDetached) {
        Channel leaving = channel;
        if (leaving != null) {
            Sockets.detach(
                    leaving,
                    done -> {
                        if (!leaving.isOpen()) {
                            onClosed();
                        }
                        onDetached.operationComplete(done);
                    });
        }
    }

    /** Takes out what is queued and was not sent, once the socket is off its loop. */
    void takeQueued(Consumer<ByteBuf> taker) {
        if (channel != null) {
            Sockets.takePending(channel, taker);
        }
    }

    /** Reads for the tunnel again, and no relay; puts the socket back on its loop. */
    void drop(Splicing splicing) {
        outOf = null;
        into = null;
        if (channel != null && !channel.isRegistered()) {
            splicing.attach(channel);
        }
        read();
    }

    boolean isOpen() {
        return channel != null && channel.isOpen();
    }

    /** Why the connection failed, by its error number, if it did; told once. */
    int takeError() {
        return channel == null ? 0 : Sockets.takeError(channel);
    }

    // ---- what the socket says ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        channel.config().setAutoClose(false);
        channel.config().setRecvByteBufAllocator(ONE_READ);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        tunnel.onActive(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (outOf != null) {
            outOf.send(bytes);
        } else {
            tunnel.onEarlyBytes(this, bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (outOf != null) {
            outOf.onReadComplete();
        } else {
            tunnel.onEarlyReadComplete(this);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (into != null) {
            into.onSinkWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            onInputEnd();
        }
    }

    private void onInputEnd() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        if (outOf != null) {
            outOf.onSourceEnd();
        } else {
            tunnel.onEarlyEnd(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The latter is what shutdown(2) on a connection that was reset becomes in Netty.
        if (!(cause instanceof IOException || cause instanceof NotYetConnectedException)) {
            LOG.error("a fault in a tunnel: {}", tunnel.describe(), cause);
        }
        tunnel.onFault(this);
    }

    /**
     * Closed without an error, so its input has ended: on io_uring a Unix socket is closed at once
     * when its peer half-closes, for Netty knows no half-closure there.
     */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        onClosed();
    }

    private void onClosed() {
        onInputEnd();
        tunnel.onClosed(this);
    }
}
