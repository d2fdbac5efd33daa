package io.millrace.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.transport.Sockets;
import io.millrace.transport.SystemCalls;
import io.millrace.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A shard ends whatever its connections are about; owned by the test's thread. */
@ExtendWith(NoLeaks.class)
final class ShardStopTest {
    /** Less than the loop's own limit, which a wait in the kernel outlasts. */
    private static final long STOP_LIMIT_MS = 1_500;

    @AutoClose
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    private final CountDownLatch received = new CountDownLatch(1);

    ShardStopTest() throws Exception {}

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldEndWhileAConnectionCloses(Transport transport) throws Exception {
        Shard shard = Shard.start(0, Shard.UNPINNED, transport.ioHandlerFactory());
        Channel channel = connect(shard, transport);
        try (Socket peer = server.accept()) {
            readsWhatOthersTook(shard, channel, peer);
            Future<?> stopped =
                    shard.loop()
                            .submit(() -> {
                                channel.close();
                                return shard.stop();
                            })
                            .get();
            stopped.get(STOP_LIMIT_MS, TimeUnit.MILLISECONDS);
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
        }
    }

    private Channel connect(Shard shard, Transport transport) throws Exception {
        return new Bootstrap()
                .group(shard.loop())
                .channel(transport.clientChannel(false))
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(1))
                .handler(
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                ((ByteBuf) message).release();
                                received.countDown();
                            }
                        })
                .connect(server.getLocalSocketAddress())
                .sync()
                .channel();
    }

    /**
     * Has the channel read from a socket that it believes to hold something, and from which a call
     * of our own has taken it, as splice(2) does: under io_uring the read then waits in the kernel.
     */
    private void readsWhatOthersTook(Shard shard, Channel channel, Socket peer) throws Exception {
        peer.getOutputStream().write(new byte[2]);
        channel.read();
        received.await();
        long taken =
                shard.loop()
                        .submit(() -> {
                            ByteBuf into = channel.alloc().directBuffer(1);
                            try {
                                return new SystemCalls()
                                        .receive(
                                                Sockets.descriptor(channel),
                                                into.memoryAddress(),
                                                1);
                            } finally {
                                into.release();
                            }
                        })
                        .get();
        assertThat(taken).isEqualTo(1);
        shard.loop().submit(channel::read).get();
    }
}
