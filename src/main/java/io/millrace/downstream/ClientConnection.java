package io.millrace.downstream;

import io.millrace.http.HeadError;
import io.millrace.http.RequestHead;
import io.millrace.http.h1.BodyReader;
import io.millrace.http.h1.RequestParser;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.TurnTask;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.time.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's HTTP/1.1 connection: reads requests one at a time and keeps their answers in order;
 * owned by one shard.
 *
 * <p>While a request is under way, what the client pipelines behind it stays in one receive buffer
 * and no more is read. Between requests no buffer is held.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class ClientConnection extends ChannelInboundHandlerAdapter
        implements TurnTask, Timer.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    /** A rest of a refused request's body that is read and dropped to keep the connection. */
    private static final long DRAINABLE_BYTES = 64 * 1024;

    /**
     * RFC 9112, section 9.6: how long and how much is still read so that the client sees the last
     * answer.
     */
    private static final long LINGER_NS = 1_000_000_000L;

    private static final long LINGER_BYTES = 1024 * 1024;

    /** Where the connection stands; printed by its name in dumps. */
    private enum State {
        /** Waits for a head, or for the rest of one. */
        HEAD,
        /** Passes the body of the request under way on. */
        BODY,
        /** The request is complete, its answer is not. */
        REPLY,
        /** The answer is complete, the rest of the request's body is dropped. */
        DISCARD,
        /** Nothing more is sent; what still comes is dropped. */
        LINGER,
        CLOSED
    }

    private final Listener listener;
    private final Channel channel;
    private final BodyReader body = new BodyReader();
    private final Timer timer;
    private final ClientIdentity identity;
    private final ReceivedBytes received = new ReceivedBytes();

    @Nullable ClientConnection next;
    @Nullable ClientConnection previous;

    private State state = State.HEAD;
    private @Nullable RequestSink sink;
    private boolean processing;
    private boolean inRead;
    private boolean readOutstanding;
    private boolean flushQueued;
    private boolean inputEnded;
    private boolean expectContinue;
    private long requests;
    private long lingeredBytes;
    private long declaredLength;

    ClientConnection(Listener listener, Channel channel) {
        this.listener = listener;
        this.channel = channel;
        this.timer = listener.shard().timers().timer(this);
        this.identity = new ClientIdentity(channel);
    }

    // ---- what an exchange asks for ----

    /** Who the client is. */
    public ClientIdentity identity() {
        return identity;
    }

    /** What holds on this connection's listener now. */
    public ListenerSettings settings() {
        return listener.settings();
    }

    /** Requests read so far, the one under way included. */
    public long requests() {
        return requests;
    }

    /** The channel's buffer allocator. */
    public ByteBuf allocate(int capacity) {
        return channel.alloc().directBuffer(capacity);
    }

    /** What buffers for this connection are to be taken from. */
    public ByteBufAllocator allocator() {
        return channel.alloc();
    }

    /** Whether response bytes can be sent without growing memory. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /** Sends response bytes; the buffer now belongs to the connection. */
    public void send(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
        if (!flushQueued) {
            flushQueued = true;
            listener.shard().atTurnEnd(this);
        }
    }

    /** Whether the connection can be kept, as far as the client and the listener go. */
    public boolean canKeepAlive() {
        return !listener.isDraining() && (!inputEnded || received.isReadable());
    }

    /** Whether what is missing of the request is little enough to be read and dropped. */
    public boolean canDropRest() {
        return state != State.BODY || isDrainable();
    }

    /** Whether the whole request has been received. */
    public boolean isRequestComplete() {
        return state != State.BODY;
    }

    private boolean isDrainable() {
        return !expectContinue
                && declaredLength >= 0
                && declaredLength - body.dataBytes() <= DRAINABLE_BYTES;
    }

    /** Body bytes of the current request read so far, framing excluded. */
    public long requestBodyBytes() {
        return body.dataBytes();
    }

    /** Asks for body bytes again, after {@link RequestSink#wantsBody} had said no. */
    public void resumeBody() {
        if (state == State.BODY) {
            if (!received.isEmpty()) {
                process();
            } else {
                armBodyTimeout();
                readMoreIfWanted();
            }
        }
    }

    /** The answer is complete: go on with the next request, or end the connection. */
    public void endResponse(boolean keepAlive) {
        sink = null;
        if (state == State.CLOSED) {
            return;
        }
        boolean complete = state != State.BODY;
        if (!keepAlive || !canKeepAlive() || !canDropRest()) {
            closeAfterFlush();
            return;
        }
        if (complete) {
            awaitHead();
        } else {
            state = State.DISCARD;
            armBodyTimeout();
        }
        process();
    }

    /** Cuts the connection with a reset, so that what was sent is never taken for complete. */
    public void abort() {
        sink = null;
        if (state == State.CLOSED) {
            return;
        }
        if (channel instanceof DuplexChannel && channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        close();
    }

    /** Sends what is queued, then cuts the connection without a proper end of the message. */
    public void endTruncated() {
        sink = null;
        closeAfterFlush();
    }

    // ---- reading ----

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        timer.arm(nowNs() + settings().headersTimeoutNs());
        readMore();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        inRead = true;
        if (state == State.LINGER || state == State.CLOSED) {
            lingeredBytes += in.readableBytes();
            in.release();
            if (lingeredBytes > LINGER_BYTES) {
                close();
            }
            return;
        }
        received.add(in);
        process();
    }

    /** Consumes what is held as far as the state allows; not re-entered by the sinks it calls. */
    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            boolean more = true;
            while (more && !received.isEmpty()) {
                more =
                        switch (state) {
                            case HEAD -> readHead();
                            case BODY -> readBody();
                            case DISCARD -> discardBody();
                            case REPLY, LINGER, CLOSED -> false;
                        };
            }
        } finally {
            processing = false;
        }
        readMoreIfWanted();
    }

    private boolean readHead() {
        if (!channel.isWritable()) {
            // The client pipelines but does not read: its answers must not pile up here.
            return false;
        }
        if (!received.isWorthParsing(settings().limits())) {
            return false;
        }
        RequestHead head = listener.scratch();
        int result =
                RequestParser.parse(
                        received.address(), received.length(), settings().limits(), head);
        if (result == 0) {
            if (received.onIncompleteHead() && requests > 0) {
                // The first bytes of a head end the idle time and begin the time for the head.
                timer.arm(nowNs() + settings().headersTimeoutNs());
            }
            return false;
        }
        if (result < 0) {
            state = State.REPLY;
            listener.sinks().refuse(this, HeadError.ofResult(result));
            return false;
        }
        received.consume(result);
        begin(head);
        received.releaseIfConsumed();
        return true;
    }

    private void begin(RequestHead head) {
        requests++;
        expectContinue = head.expectContinue;
        declaredLength = head.contentLength;
        if (head.chunked) {
            body.startChunked();
            state = State.BODY;
        } else if (head.contentLength > 0) {
            body.startLength(head.contentLength);
            state = State.BODY;
        } else {
            body.startNone();
            state = State.REPLY;
        }
        if (state == State.BODY) {
            armBodyTimeout();
        } else {
            timer.disarm();
        }
        RequestSink opened = listener.sinks().open(this);
        sink = opened;
        opened.onRequestHead(head);
    }

    private boolean readBody() {
        RequestSink to = sink;
        if (to == null || !to.wantsBody()) {
            // The origin's time runs now, unless it is the client that takes nothing.
            if (channel.isWritable()) {
                timer.disarm();
            }
            return false;
        }
        int taken = consume();
        if (taken < 0) {
            onBodyRefused(HeadError.ofResult(taken).outcome());
            return false;
        }
        long limit = settings().bodyLimitBytes();
        if (limit > 0 && body.dataBytes() > limit) {
            onBodyRefused(Outcome.CONTENT_TOO_LARGE);
            return false;
        }
        boolean complete = body.isComplete();
        if (complete) {
            state = State.REPLY;
            timer.disarm();
        } else {
            armBodyTimeout();
        }
        if (taken > 0) {
            to.onRequestBody(received.take(taken));
        }
        if (complete && sink == to) {
            to.onRequestEnd();
        }
        return true;
    }

    private void onBodyRefused(Outcome outcome) {
        RequestSink to = sink;
        if (to != null) {
            to.onRequestFailed(outcome);
        } else {
            closeAfterFlush();
        }
    }

    private boolean discardBody() {
        int taken = consume();
        if (taken < 0) {
            closeAfterFlush();
            return false;
        }
        received.consume(taken);
        received.releaseIfConsumed();
        if (body.isComplete()) {
            awaitHead();
        } else {
            armBodyTimeout();
        }
        return true;
    }

    private int consume() {
        RequestHead scratch = listener.scratch();
        int available = received.length();
        scratch.bytes.wrap(received.address(), available);
        return body.consume(scratch.bytes, 0, available);
    }

    private void awaitHead() {
        state = State.HEAD;
        received.startHead();
        timer.arm(nowNs() + settings().idleTimeoutNs());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        inRead = false;
        readOutstanding = false;
        readMoreIfWanted();
    }

    private void readMoreIfWanted() {
        if (inRead || readOutstanding) {
            return;
        }
        if (inputEnded) {
            onInputEndReached();
            return;
        }
        boolean wanted =
                switch (state) {
                    // One read stays outstanding during the reply: it is how a client that leaves
                    // is noticed.
                    case HEAD -> channel.isWritable();
                    case REPLY -> received.isEmpty();
                    case BODY -> received.isEmpty() && sink != null && sink.wantsBody();
                    case DISCARD, LINGER -> true;
                    case CLOSED -> false;
                };
        if (wanted) {
            readMore();
        }
    }

    private void readMore() {
        readOutstanding = true;
        channel.read();
    }

    // ---- endings ----

    private void onInputEndReached() {
        switch (state) {
            case HEAD -> {
                if (channel.isWritable() || received.isEmpty()) {
                    closeAfterFlush();
                }
            }
            case BODY -> {
                if (received.isEmpty()) {
                    failRequest(Outcome.CLIENT_ABORT);
                }
            }
            case DISCARD, LINGER -> close();
            case REPLY, CLOSED -> {
                // A client that only finished sending still gets its answer.
            }
        }
    }

    private void failRequest(Outcome outcome) {
        RequestSink to = sink;
        sink = null;
        if (to != null) {
            to.onRequestFailed(outcome);
        }
        close();
    }

    /**
     * Sends what is queued, says that nothing follows, and waits a moment for the client to close.
     */
    private void closeAfterFlush() {
        if (state == State.LINGER || state == State.CLOSED) {
            return;
        }
        boolean nothingUnread = state == State.REPLY || state == State.HEAD;
        boolean plainClose = (nothingUnread && received.isEmpty()) || inputEnded;
        received.release();
        state = State.LINGER;
        timer.arm(nowNs() + Math.max(LINGER_NS, settings().bodyTimeoutNs()));
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> afterLastWrite(plainClose));
    }

    private void afterLastWrite(boolean plainClose) {
        if (state == State.CLOSED) {
            return;
        }
        if (plainClose || !(channel instanceof DuplexChannel duplex)) {
            close();
            return;
        }
        timer.arm(nowNs() + LINGER_NS);
        var _ = duplex.shutdownOutput();
        if (inputEnded) {
            close();
        } else {
            readMore();
        }
    }

    void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        timer.release();
        received.release();
        channel.close();
        listener.onClosed(this);
    }

    void onDrain() {
        if (state == State.HEAD && received.isEmpty()) {
            closeAfterFlush();
        }
    }

    @Override
    public void onDeadline(long nowNs) {
        switch (state) {
            case HEAD -> {
                if (received.isEmpty()) {
                    close();
                } else {
                    state = State.REPLY;
                    listener.sinks().refuse(this, Outcome.REQUEST_TIMEOUT);
                }
            }
            case BODY -> {
                RequestSink to = sink;
                if (!channel.isWritable()) {
                    failRequest(Outcome.CLIENT_TIMEOUT);
                } else if (to != null) {
                    to.onRequestFailed(Outcome.REQUEST_TIMEOUT);
                }
            }
            case REPLY -> failRequest(Outcome.CLIENT_TIMEOUT);
            case DISCARD, LINGER -> close();
            case CLOSED -> {}
        }
    }

    @Override
    public void onTurnEnd() {
        flushQueued = false;
        channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = channel.isWritable();
        if (state == State.REPLY && writable) {
            timer.disarm();
        } else if (state == State.REPLY || state == State.BODY) {
            armBodyTimeout();
        }
        if (sink != null) {
            sink.onClientWritabilityChanged(writable);
        }
        if (writable && state == State.HEAD) {
            process();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
            inputEnded = true;
            readOutstanding = false;
            if (!processing && !inRead) {
                onInputEndReached();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        failRequest(Outcome.CLIENT_ABORT);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a fault on a connection of listener {}", settings().name(), cause);
        }
        failRequest(Outcome.CLIENT_ABORT);
    }

    private void armBodyTimeout() {
        timer.arm(nowNs() + settings().bodyTimeoutNs());
    }

    private long nowNs() {
        return listener.shard().clock().nowNs();
    }
}
