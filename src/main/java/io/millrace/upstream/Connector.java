package io.millrace.upstream;

import io.millrace.balance.Endpoint;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;

/**
 * Opens connections of one shard to one endpoint that no pool holds: each is its caller's alone;
 * owned by one shard.
 */
@OwnedBy(Role.SHARD)
public final class Connector {
    private final Endpoint endpoint;
    private final Bootstrap bootstrap;
    private final ChannelHandler firstHandler;

    /**
     * Makes a connector.
     *
     * @param timeoutNs how long connecting may take
     * @param waterMark bytes that may wait in user space for a slow origin
     */
    public Connector(
            Shard shard,
            Transport transport,
            Endpoint endpoint,
            long timeoutNs,
            WriteBufferWaterMark waterMark) {
        this.endpoint = endpoint;
        this.firstHandler = transport.firstHandler();
        this.bootstrap =
                new Bootstrap()
                        .group(shard.loop())
                        .channel(transport.clientChannel(endpoint.unixSocket()))
                        .option(ChannelOption.AUTO_READ, false)
                        // A failed write must not throw away bytes that are still to be read.
                        .option(ChannelOption.AUTO_CLOSE, false)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(timeoutNs / 1_000_000));
        if (!endpoint.unixSocket()) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
        }
    }

    /** Connects; the handler gets all that the connection has to say. */
    public ChannelFuture connect(ChannelHandler handler) {
        return bootstrap
                .clone()
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(firstHandler, handler);
                            }
                        })
                .connect(endpoint.address());
    }

    /** Where the connections go. */
    public Endpoint endpoint() {
        return endpoint;
    }
}
