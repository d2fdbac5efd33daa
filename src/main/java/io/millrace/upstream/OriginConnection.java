package io.millrace.upstream;

import io.millrace.http.HeadLimits;
import io.millrace.http.ResponseHead;
import io.millrace.http.h1.BodyReader;
import io.millrace.http.h1.ResponseParser;
import io.millrace.outcome.Outcome;
import io.millrace.proxyprotocol.ClientAddresses;
import io.millrace.proxyprotocol.HeaderEncoder;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.TurnWriter;
import io.millrace.time.Timer;
import io.millrace.transport.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection to an origin, idle in its pool or leased to one exchange; owned by one
 * shard.
 *
 * <p>While leased it delivers to the {@link ResponseSink}; while idle, any byte and any end of
 * input closes it.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class OriginConnection extends ChannelInboundHandlerAdapter implements Timer.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(OriginConnection.class);

    /** More interim responses than this before the final one are an attack, not information. */
    private static final int MAXIMUM_INFORMATIONAL = 32;

    private static final HeadLimits LIMITS = new HeadLimits(8 * 1024, 64 * 1024, 128);

    private enum State {
        IDLE,
        HEAD,
        BODY,
        CLOSED
    }

    private final Pool pool;
    private final Channel channel;
    private final ResponseHead head;
    private final BodyReader body = new BodyReader();
    private final Timer idleTimer;
    private final TurnWriter writer;
    private final long createdNs;
    private State state = State.IDLE;
    private @Nullable ResponseSink sink;
    private @Nullable ClientAddresses owner;
    private @Nullable ByteBuf partialHead;
    private boolean headRequest;
    private boolean keepAlive;
    private boolean paused;
    private boolean lent;
    private boolean spliceRefused;
    private boolean inputEnded;
    private int informational;
    private int headBytes;
    private long requests;

    OriginConnection(Pool pool, Channel channel, ResponseHead scratch) {
        this.pool = pool;
        this.channel = channel;
        this.head = scratch;
        this.idleTimer = pool.shard().timers().timer(this);
        this.writer = new TurnWriter(pool.shard(), channel);
        this.createdNs = pool.shard().clock().nowNs();
    }

    /**
     * Whether another request was sent on it before, so that the origin may have closed it
     * meanwhile.
     */
    public boolean isReused() {
        return requests > 1;
    }

    /** Whether request bytes can be sent without growing memory. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /**
     * Begins an exchange: from now on everything received goes to the sink. Where a PROXY header is
     * sent, the first exchange's client is named in it and owns the connection.
     */
    public void begin(ResponseSink forExchange, boolean isHeadRequest, ClientAddresses client) {
        if (owner == null && pool.sendsHeader()) {
            owner = client;
            // It leaves with the request's head at the end of this turn, in one write.
            send(HeaderEncoder.encode(pool.sentHeader(), client, channel.alloc()));
        }
        sink = forExchange;
        headRequest = isHeadRequest;
        keepAlive = false;
        informational = 0;
        paused = false;
        requests++;
        state = State.HEAD;
        pool.onLeased();
        idleTimer.disarm();
    }

    /** Sends request bytes; the buffer now belongs to the connection. */
    public void send(ByteBuf bytes) {
        writer.write(bytes);
    }

    /** Bytes of the body that are to come, if they could pass without being read. */
    public long bytesToSplice() {
        return state == State.BODY && !spliceRefused ? body.plainBytesLeft() : 0;
    }

    /** Splicing does not work on this connection. */
    public void refuseSplice() {
        spliceRefused = true;
    }

    /** The channel that request bytes may be spliced into, if that works. */
    public @Nullable Channel spliceSink() {
        return spliceRefused ? null : channel;
    }

    /** Lends the channel to whoever moves the rest of the body: nothing is read any more. */
    public Channel lend() {
        lent = true;
        return channel;
    }

    /** Body bytes that went on unseen. */
    public void spliced(long bytes) {
        body.skip(bytes);
    }

    /** The channel is back, after as many bytes as were told; or after the end of its input. */
    public void takeBack(boolean atEnd) {
        lent = false;
        paused = false;
        ResponseSink to = sink;
        if (atEnd) {
            onInputEnd();
        } else if (to != null && body.isComplete()) {
            channel.read();
            to.onResponseEnd();
        } else if (state != State.CLOSED) {
            channel.read();
        }
    }

    /** Stops reading: the client does not take what came already. */
    public void pause() {
        paused = true;
    }

    /** Reads on. */
    public void resume() {
        if (paused) {
            paused = false;
            if (state != State.CLOSED && !lent) {
                channel.read();
            }
        }
    }

    /**
     * Ends the exchange after a complete response to a complete request: back to the pool, or
     * closed.
     */
    public void release() {
        sink = null;
        if (state == State.CLOSED) {
            return;
        }
        if (!keepAlive || inputEnded || tooOld() || !pool.wantsBack()) {
            close();
            return;
        }
        state = State.IDLE;
        resume();
        pool.onReleased(this);
    }

    /**
     * Ends the exchange in the middle: the connection is closed, for nobody could say where it
     * stands.
     */
    public void abort() {
        sink = null;
        close();
    }

    /** The origin's address as configured. */
    public String endpointName() {
        return pool.endpoint().name();
    }

    /** The only client who may use it, or null when anybody may. */
    @Nullable ClientAddresses owner() {
        return owner;
    }

    void armIdle(long atNs) {
        idleTimer.arm(atNs);
    }

    boolean tooOld() {
        return pool.shard().clock().nowNs() - createdNs > pool.settings().maxLifetimeNs();
    }

    boolean isUsable() {
        return state == State.IDLE && channel.isActive() && !inputEnded;
    }

    void close() {
        if (state == State.CLOSED) {
            return;
        }
        State before = state;
        state = State.CLOSED;
        idleTimer.release();
        releasePartialHead();
        Sockets.close(channel);
        pool.onClosed(this, before == State.IDLE);
    }

    @Override
    public void onDeadline(long nowNs) {
        if (state == State.IDLE) {
            pool.onIdleTimeout(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (state == State.CLOSED || sink == null) {
            // Bytes that nobody asked for: whatever they are, the next response could not be
            // trusted.
            in.release();
            close();
            return;
        }
        if (partialHead != null) {
            in = append(partialHead, in);
            partialHead = null;
        }
        read(in, sink);
    }

    /** Parses what was received; releases the buffer or passes it on. */
    private void read(ByteBuf in, ResponseSink to) {
        boolean owned = true;
        try {
            while (state == State.HEAD && sink == to && in.isReadable()) {
                if (!readHead(in, to)) {
                    owned = partialHead == null;
                    return;
                }
            }
            if (state == State.BODY && sink == to) {
                owned = false;
                readBody(in, to);
            }
        } finally {
            if (owned) {
                in.release();
            }
        }
    }

    /** Reads one head; false when there is nothing more to be done with this buffer. */
    private boolean readHead(ByteBuf in, ResponseSink to) {
        int result =
                ResponseParser.parse(
                        in.memoryAddress() + in.readerIndex(), in.readableBytes(), LIMITS, head);
        if (result == 0) {
            partialHead = in;
            return false;
        }
        if (result < 0) {
            fail(Outcome.BAD_RESPONSE);
            return false;
        }
        if (head.status < 200) {
            in.skipBytes(result);
            return informational(to);
        }
        ResponseFraming framing = frame();
        if (framing == null) {
            fail(Outcome.BAD_RESPONSE);
            return false;
        }
        keepAlive = head.keepAlive && framing != ResponseFraming.UNTIL_CLOSE;
        state = State.BODY;
        if (to.onResponseHead(head, framing, in.readableBytes() - result)) {
            headBytes = result;
        } else {
            in.skipBytes(result);
            headBytes = 0;
        }
        return true;
    }

    private boolean informational(ResponseSink to) {
        // 101 answers an Upgrade, which this proxy never forwards.
        // RFC 9110, sections 6.4.1 and 8.6: an interim response has no body and says nothing of
        // one.
        boolean framed = head.chunked || head.contentLength >= 0;
        if (framed || head.status == 101 || ++informational > MAXIMUM_INFORMATIONAL) {
            fail(Outcome.BAD_RESPONSE);
            return false;
        }
        to.onInformational(head);
        return true;
    }

    /** RFC 9112, section 6.3; null when the head contradicts itself. */
    private @Nullable ResponseFraming frame() {
        boolean bodiless = headRequest || head.status == 204 || head.status == 304;
        if (head.status == 204 && (head.chunked || head.contentLength > 0)) {
            return null;
        }
        if (bodiless || head.contentLength == 0) {
            body.startNone();
            return ResponseFraming.NONE;
        }
        if (head.chunked) {
            body.startChunked();
            return ResponseFraming.CHUNKED;
        }
        if (head.contentLength > 0) {
            body.startLength(head.contentLength);
            return ResponseFraming.LENGTH;
        }
        body.startUntilClose();
        return ResponseFraming.UNTIL_CLOSE;
    }

    /**
     * Passes body bytes on, with those of a head before them if they are wanted; owns the buffer.
     */
    private void readBody(ByteBuf in, ResponseSink to) {
        int ahead = headBytes;
        headBytes = 0;
        int available = in.readableBytes() - ahead;
        int taken = 0;
        if (available > 0 && !body.isComplete()) {
            head.bytes.wrap(in.memoryAddress() + in.readerIndex() + ahead, available);
            taken = body.consume(head.bytes, 0, available);
        }
        if (taken < 0) {
            in.release();
            fail(Outcome.BODY_INCOMPLETE);
            return;
        }
        if (taken < available) {
            // Bytes behind the end of the response belong to no request.
            keepAlive = false;
            in.writerIndex(in.readerIndex() + ahead + taken);
        }
        boolean complete = body.isComplete();
        if (ahead + taken > 0) {
            to.onResponseBody(in);
        } else {
            in.release();
        }
        if (complete && sink == to) {
            to.onResponseEnd();
        } else if (sink == to) {
            to.onResponsePause();
        }
    }

    /** Ends the exchange with a failure and closes the connection. */
    public void fail(Outcome outcome) {
        ResponseSink to = sink;
        sink = null;
        close();
        if (to != null) {
            to.onOriginFailed(outcome);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!paused && !lent && !inputEnded && state != State.CLOSED) {
            ctx.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (sink != null) {
            sink.onOriginWritabilityChanged(channel.isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            onInputEnd();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        onInputEnd();
        close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a fault on a connection to {}", pool.endpoint().name(), cause);
        }
        if (isWriteSide(cause) && state == State.HEAD) {
            // The origin stopped reading the request; what it answered may still be there to be
            // read, and
            // if nothing is, the end of input or the response time-out ends the exchange.
            return;
        }
        // A reset is never the proper end of a body, not even of one that lasts until the close.
        fail(endedEarly());
        close();
    }

    /**
     * What it means that the input ended here: only before the first byte may the request be
     * repeated.
     */
    private Outcome endedEarly() {
        if (state == State.BODY) {
            return Outcome.BODY_INCOMPLETE;
        }
        boolean answered = partialHead != null || informational > 0;
        return answered ? Outcome.BAD_RESPONSE : Outcome.UPSTREAM_CLOSED;
    }

    private static boolean isWriteSide(Throwable cause) {
        return cause instanceof ClosedChannelException
                || (cause instanceof Errors.NativeIoException io
                        && io.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE);
    }

    private void onInputEnd() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        ResponseSink to = sink;
        if (to == null || state == State.CLOSED) {
            close();
        } else if (state == State.BODY && body.endOfInput()) {
            to.onResponseEnd();
        } else {
            fail(endedEarly());
        }
    }

    private ByteBuf append(ByteBuf first, ByteBuf second) {
        try {
            if (first.writableBytes() < second.readableBytes()) {
                first.discardReadBytes();
            }
            return first.writeBytes(second);
        } finally {
            second.release();
        }
    }

    private void releasePartialHead() {
        if (partialHead != null) {
            partialHead.release();
            partialHead = null;
        }
    }
}
