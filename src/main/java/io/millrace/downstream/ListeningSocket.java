package io.millrace.downstream;

import io.millrace.observe.ShardMetric;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.time.Timer;
import io.millrace.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bound socket of one shard's listener; it outlives the listener when another takes it over;
 * owned by one shard.
 *
 * <p>What it accepts belongs to the listener that owns it at that time, or to the one that owns its
 * peer on the shard that is to serve the connection: a connection moves before anything is read
 * from it, and before it is registered with any ring, so that it costs one task.
 */
@OwnedBy(Role.SHARD)
final class ListeningSocket extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningSocket.class);

    /** Bytes of response that may wait in user space for a slow client. */
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private static final int BACKLOG = 4096;

    /** How long nothing is accepted after it failed, as it does when no descriptor is left. */
    private static final long PAUSE_NS = 1_000_000_000L;

    private final Shard shard;
    private final Spread spread;
    private Listener owner;
    private List<ListeningSocket> peers = List.of();
    private @Nullable Channel channel;
    private @Nullable Timer pause;

    /** Makes one that is not bound: it serves what its peers have accepted. */
    ListeningSocket(Shard shard, Spread spread, Listener owner) {
        this.shard = shard;
        this.spread = spread;
        this.owner = owner;
    }

    /** Binds; may be called from any thread. */
    ChannelFuture bind(Transport transport, SocketAddress address, boolean unixSocket) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(shard.loop())
                        .channel(transport.serverChannel(unixSocket))
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        // Connections wait in the backlog until the shard has something to serve.
                        .option(ChannelOption.AUTO_READ, false)
                        .handler(this);
        if (!unixSocket) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).option(Transport.reusePort(), true);
        }
        ChannelFuture bound = bootstrap.bind(address);
        channel = bound.channel();
        return bound;
    }

    /** Those of the same listener on all shards, by the shard's number; before it is opened. */
    void peers(List<ListeningSocket> all) {
        peers = all;
    }

    void owner(Listener next) {
        owner = next;
    }

    @Nullable Channel channel() {
        return channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel accepted = (Channel) message;
        int chosen = spread.place(shard.index());
        if (chosen == shard.index()) {
            serve(accepted);
        } else {
            owner.counters().add(ShardMetric.CONNECTIONS_HANDED_OVER, 1);
            peers.get(chosen).take(accepted);
        }
    }

    /** Takes over what another shard accepted; called on that shard's thread. */
    private void take(Channel accepted) {
        try {
            shard.execute(() -> serve(accepted));
        } catch (RejectedExecutionException _) {
            // The shard has ended: so will the others.
            drop(accepted);
        }
    }

    private void serve(Channel accepted) {
        try {
            register(accepted);
        } catch (RuntimeException e) {
            LOG.warn("a connection of listener {} is closed", owner.settings().name(), e);
            drop(accepted);
        }
    }

    private void register(Channel accepted) {
        ChannelConfig config = accepted.config();
        config.setAutoRead(false);
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        config.setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
        config.setOption(ChannelOption.TCP_NODELAY, true);
        accepted.pipeline()
                .addLast(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel registered) {
                                owner.accept(registered);
                            }
                        });
        shard.loop()
                .register(accepted)
                .addListener(registered -> {
                    if (!registered.isSuccess()) {
                        drop(accepted);
                    }
                });
    }

    private void drop(Channel accepted) {
        spread.leave(shard.index());
        accepted.unsafe().closeForcibly();
    }

    /** Accepting on at once would fail again, and keep the shard busy with failing. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Timer waits = pause;
        if (waits == null) {
            waits = shard.timers().timer(_ -> ctx.channel().config().setAutoRead(true));
            pause = waits;
        }
        if (waits.isArmed()) {
            // What had failed already when the pause began makes it no longer.
            return;
        }
        ctx.channel().config().setAutoRead(false);
        waits.arm(shard.clock().nowNs() + PAUSE_NS);
        LOG.warn(
                "listener {} accepts nothing for a second: {}; where too many files are open, raise the"
                        + " process's limit (ulimit -n, LimitNOFILE)",
                owner.settings().name(),
                cause.toString());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (pause != null) {
            pause.release();
            pause = null;
        }
    }
}
