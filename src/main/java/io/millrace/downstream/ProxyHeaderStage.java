package io.millrace.downstream;

import io.millrace.observe.ShardCounters;
import io.millrace.observe.ShardMetric;
import io.millrace.proxyprotocol.HeaderParser;
import io.millrace.proxyprotocol.ReceivedHeader;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.time.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Reads the PROXY header that opens a connection, then leaves the pipeline; owned by one shard.
 *
 * <p>The handler behind it, whichever that is, hears of the connection when the header is complete:
 * then it becomes active and gets the bytes that followed. Until then the time is counted here, and
 * a connection that is refused is closed without an answer. Of such a one the handler hears the end
 * only.
 */
@OwnedBy(Role.SHARD)
public final class ProxyHeaderStage extends ChannelInboundHandlerAdapter implements Timer.Listener {
    private final Shard shard;
    private final ListenerSettings settings;
    private final ShardCounters counters;
    private final ClientIdentity identity;
    private final Timer timer;
    private final ReceivedHeader header = new ReceivedHeader();
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf held;
    private boolean closed;

    /** A stage for one connection; {@code identity} is told who the client is. */
    public ProxyHeaderStage(
            Shard shard,
            ListenerSettings settings,
            ShardCounters counters,
            ClientIdentity identity) {
        this.shard = shard;
        this.settings = settings;
        this.counters = counters;
        this.identity = identity;
        this.timer = shard.timers().timer(this);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        if (!isTrusted(ctx.channel())) {
            refuse(ctx);
            return;
        }
        timer.arm(shard.clock().nowNs() + settings.headersTimeoutNs());
        ctx.read();
    }

    /** Who may connect to a Unix socket is settled by the file system. */
    private boolean isTrusted(Channel channel) {
        if (channel.localAddress() instanceof DomainSocketAddress) {
            return true;
        }
        return channel.remoteAddress() instanceof InetSocketAddress remote
                && settings.proxyProtocolTrusted().contains(remote.getAddress().getAddress());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = joined((ByteBuf) message);
        if (closed) {
            in.release();
            return;
        }
        int length =
                HeaderParser.parse(
                        in, settings.proxyProtocol(), settings.limits().headersBytes(), header);
        if (length == HeaderParser.INCOMPLETE) {
            held = in;
        } else if (length == HeaderParser.REFUSED) {
            in.release();
            refuse(ctx);
        } else {
            in.skipBytes(length);
            handOver(ctx, in);
        }
    }

    private ByteBuf joined(ByteBuf in) {
        ByteBuf before = held;
        if (before == null) {
            return in;
        }
        held = null;
        before.writeBytes(in);
        in.release();
        return before;
    }

    private void handOver(ChannelHandlerContext ctx, ByteBuf rest) {
        identity.onProxyHeader(header);
        ctx.pipeline().remove(this);
        ctx.fireChannelActive();
        if (rest.isReadable()) {
            ctx.fireChannelRead(rest);
        } else {
            rest.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!closed) {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent) || closed) {
            return;
        }
        if (held != null) {
            refuse(ctx);
        } else {
            // It never began: how load balancers try whether a port answers.
            closed = true;
            ctx.close();
        }
    }

    @Override
    public void onDeadline(long nowNs) {
        ChannelHandlerContext ctx = context;
        if (ctx != null && !closed) {
            refuse(ctx);
        }
    }

    private void refuse(ChannelHandlerContext ctx) {
        closed = true;
        counters.add(ShardMetric.PROXY_HEADERS_REFUSED, 1);
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        timer.release();
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
