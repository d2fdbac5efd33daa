package io.millrace.transport;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Errors;

/**
 * Reads what is left, up to the end or the error, on a connection whose peer has hung up; first in
 * its pipeline, shared by the connections of one shard and owned by it.
 *
 * <p>Under io_uring a connection is polled for input once and for all, and hears only of changes
 * (io_uring_enter(2), IORING_POLL_ADD_MULTI). A reset is one change: Netty 4.2.18 reads when it
 * comes, and when that read brings the data before the reset, the next one waits for a change that
 * has been. A FIN is not lost this way, for the kernel says that there is more until it has been
 * read (tcp_inq_hint()). Unix sockets are polled before each read, so they are left alone.
 */
@HotPath
@OwnedBy(Role.SHARD)
@Sharable
final class HangUpDrain extends ChannelInboundHandlerAdapter {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final SystemCalls calls = new SystemCalls();

    /**
     * The place to do it: the read that brought this has completed and the next one has not begun,
     * so nobody else takes bytes or the error from the socket.
     */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ctx.fireChannelRead(message);
        if (ctx.channel() instanceof SocketChannel tcp && hasHungUp(tcp)) {
            drain(ctx, tcp);
        }
    }

    /**
     * Whether POLLRDHUP was seen. No method says so but this one: without automatic reading, that
     * alone makes Netty want to read on.
     */
    private static boolean hasHungUp(Channel channel) {
        return channel.unsafe().recvBufAllocHandle().continueReading();
    }

    private void drain(ChannelHandlerContext ctx, SocketChannel channel) {
        while (channel.isActive() && !channel.isInputShutdown()) {
            ByteBuf into = ctx.alloc().directBuffer(BUFFER_BYTES);
            long received =
                    calls.receive(
                            Sockets.descriptor(channel), into.memoryAddress(), into.capacity());
            if (received > 0) {
                into.writerIndex((int) received);
                ctx.fireChannelRead(into);
                continue;
            }
            into.release();
            if (received == 0) {
                channel.shutdownInput();
                ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            } else if (received != -SystemCalls.EAGAIN && received != -SystemCalls.EINTR) {
                ctx.fireExceptionCaught(Errors.newIOException("recv", (int) received));
            }
            return;
        }
    }
}
