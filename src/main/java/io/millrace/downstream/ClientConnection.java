package io.millrace.downstream;

import io.millrace.http.HeadError;
import io.millrace.http.RequestHead;
import io.millrace.http.h1.RequestParser;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.TurnWriter;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.time.Timer;
import io.millrace.transport.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
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
public final class ClientConnection extends ChannelInboundHandlerAdapter implements Timer.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private final Listener listener;
    private final Channel channel;
    private final RequestBody body = new RequestBody();
    private final Lingering lingering;
    private final Delivery delivery;
    private final TurnWriter writer;
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
    private boolean inputEnded;
    private boolean lent;
    private boolean spliceRefused;
    private long requests;

    ClientConnection(Listener listener, Channel channel) {
        this.listener = listener;
        this.channel = channel;
        this.timer = listener.shard().timers().timer(this);
        this.identity = new ClientIdentity(channel);
        this.lingering = new Lingering(this, channel);
        this.delivery = new Delivery(this, channel);
        this.writer = new TurnWriter(listener.shard(), channel);
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

    /** Whether response bytes can be sent without growing memory. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /** Sends response bytes; the buffer now belongs to the connection. */
    public void send(ByteBuf bytes) {
        writer.write(bytes);
    }

    /** Whether the connection can be kept, as far as the client and the listener go. */
    public boolean canKeepAlive() {
        return !listener.isDraining() && (!inputEnded || received.isReadable());
    }

    /** Whether what is missing of the request is little enough to be read and dropped. */
    public boolean canDropRest() {
        return state != State.BODY || body.isDrainable();
    }

    /** Bytes of the request's body that are to come, if they could pass without being read. */
    public long bytesToSplice() {
        boolean possible = state == State.BODY && received.isEmpty() && !spliceRefused;
        return possible ? body.plainBytesLeft() : 0;
    }

    /** Splicing does not work on this connection. */
    public void refuseSplice() {
        spliceRefused = true;
    }

    /** The channel that response bytes may be spliced into, if that works. */
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
        endLoan();
        if (state != State.BODY) {
            return;
        }
        if (atEnd) {
            inputEnded = true;
            failRequest(Outcome.CLIENT_ABORT);
        } else if (body.isComplete()) {
            state = State.REPLY;
            timer.disarm();
            if (sink != null) {
                sink.onRequestEnd();
            }
            readMoreIfWanted();
        } else {
            resumeBody();
        }
    }

    /** It is not the client that is waited for. */
    public void disarmTimeout() {
        timer.disarm();
    }

    /** The request cannot go on, nor the connection. */
    public void fail() {
        failRequest(Outcome.CLIENT_ABORT);
    }

    /** Whoever moved the body gave up, and the channel is back or coming back. */
    public void endLoan() {
        lent = false;
    }

    /** The channel, for bytes that go into its socket once all that was sent has left it. */
    public Channel channel() {
        return channel;
    }

    /** Asks for body bytes again, after {@link RequestSink#wantsBody} had said no. */
    public void resumeBody() {
        if (state == State.BODY) {
            if (!received.isEmpty()) {
                process();
            } else {
                if (!body.expectsContinue()) {
                    armBodyTimeout();
                }
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
        if (!keepAlive || !canKeepAlive() || !canDropRest()) {
            closeAfterFlush();
            return;
        }
        if (state != State.BODY) {
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
        Sockets.reset(channel);
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
        long mostNs = listener.isDraining() ? Lingering.TIME_NS : Long.MAX_VALUE;
        timer.arm(nowNs() + Math.min(settings().headersTimeoutNs(), mostNs));
        readMore();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        inRead = true;
        if (state == State.LINGER || state == State.CLOSED) {
            lingering.drop(in);
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
            for (boolean more = true; more && !received.isEmpty(); ) {
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
        state = body.start(head) ? State.BODY : State.REPLY;
        // Until the sink wants the body, and while a 100 is awaited, it is not the client who is
        // late.
        timer.disarm();
        sink = listener.sinks().open(this);
        sink.onRequestHead(head);
    }

    private boolean readBody() {
        RequestSink to = sink;
        if (to == null || !to.wantsBody()) {
            armForBody(to);
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
        }
        if (taken > 0) {
            to.onRequestBody(received.take(taken));
        }
        if (sink == to) {
            armForBody(to);
        }
        if (complete && sink == to) {
            to.onRequestEnd();
        }
        return true;
    }

    /**
     * The client's time runs when it is the client that is waited for: to take what was answered,
     * or to send what is wanted. Otherwise it is the origin's, which the exchange watches.
     */
    private void armForBody(@Nullable RequestSink to) {
        boolean awaited = state == State.BODY && to != null && to.wantsBody();
        if (awaited || !channel.isWritable()) {
            armBodyTimeout();
        } else {
            timer.disarm();
        }
    }

    private void onBodyRefused(Outcome outcome) {
        if (sink != null) {
            sink.onRequestFailed(outcome);
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
        return body.consume(scratch.bytes, available);
    }

    private void awaitHead() {
        state = State.HEAD;
        received.startHead();
        // Of a client that is behind, the idle time begins when it has taken the last answer.
        if (channel.isWritable() || !delivery.keepWaiting()) {
            timer.arm(nowNs() + settings().idleTimeoutNs());
        }
    }

    /** The kernel has taken everything. */
    void onDelivered() {
        if (state == State.HEAD && received.isEmpty()) {
            timer.arm(nowNs() + settings().idleTimeoutNs());
        }
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
                    case BODY -> wantsBody();
                    case DISCARD, LINGER -> true;
                    case CLOSED -> false;
                };
        if (wanted) {
            readMore();
        }
    }

    private boolean wantsBody() {
        RequestSink to = sink;
        if (lent || to == null || !received.isEmpty()) {
            return false;
        }
        return to.wantsBody() && !to.takesRestOfBody();
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
        delivery.mark();
        timer.arm(nowNs() + Math.max(Lingering.TIME_NS, settings().bodyTimeoutNs()));
        lingering.begin(plainClose);
    }

    /** Nothing is sent any more: what still comes is dropped for a moment. */
    void onLastWrite() {
        timer.arm(nowNs() + Lingering.TIME_NS);
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
        Sockets.close(channel);
        listener.onClosed(this);
    }

    void onDrain() {
        if (state == State.HEAD && received.isEmpty()) {
            closeAfterFlush();
        }
    }

    @Override
    public void onDeadline(long nowNs) {
        boolean writable = channel.isWritable();
        if (state != State.HEAD && (state == State.LINGER || !writable) && delivery.goesOn()) {
            armBodyTimeout();
            return;
        }
        switch (state) {
            case HEAD -> {
                if (!received.isEmpty() && writable) {
                    state = State.REPLY;
                    listener.sinks().refuse(this, Outcome.REQUEST_TIMEOUT);
                } else if (!delivery.keepWaiting()) {
                    close();
                }
            }
            case BODY -> {
                RequestSink to = sink;
                if (!writable) {
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
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = channel.isWritable();
        if (state == State.REPLY || state == State.BODY) {
            armForBody(sink);
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

    /** The client is waited for: to take what was answered, or to send what is wanted. */
    public void armBodyTimeout() {
        delivery.mark();
        timer.arm(nowNs() + settings().bodyTimeoutNs());
    }

    private long nowNs() {
        return listener.shard().clock().nowNs();
    }
}
