package io.millrace.downstream;

import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.TurnWriter;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.time.Timer;
import io.millrace.transport.Loan;
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
 * One client's HTTP/1.1 connection: reads requests and keeps their answers in order; owned by one
 * shard.
 *
 * <p>Requests that are safe and have no body are read ahead of the answers to those before them, up
 * to a bound. Behind it, and behind any other request, what the client pipelines stays in one
 * receive buffer and no more is read. Between requests no buffer is held.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class ClientConnection extends ChannelInboundHandlerAdapter implements Timer.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private static final long NEVER = Long.MAX_VALUE;

    final Listener listener;
    private final Channel channel;
    private final Lingering lingering;
    private final Delivery delivery;
    private final TurnWriter writer;
    private final Timer timer;
    private final ClientIdentity identity;
    private final RequestReader reader;
    private final ReceivedBytes received;
    final AnswerQueue answers = new AnswerQueue();
    private final Loan loan;

    @Nullable ClientConnection next;
    @Nullable ClientConnection previous;

    State state = State.HEAD;

    /** The last request read, or null when it is answered. */
    @Nullable RequestSink sink;

    /** Whether the client is waited for to take bytes that do not pass by the channel. */
    private boolean taking;

    private boolean failing;
    private boolean resetWanted;
    private boolean inRead;
    private boolean readOutstanding;
    private boolean inputEnded;

    ClientConnection(Listener listener, Channel channel) {
        this.listener = listener;
        this.channel = channel;
        this.timer = listener.shard().timers().timer(this);
        this.identity = new ClientIdentity(channel);
        this.lingering = new Lingering(this, channel);
        this.writer = new TurnWriter(listener.shard(), channel);
        this.delivery = new Delivery(this, channel);
        this.loan = new Loan(channel);
        this.reader = new RequestReader(this);
        this.received = reader.received();
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
        return reader.requests();
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

    /** Room for response bytes that are written in place: see {@link TurnWriter#room}. */
    public ByteBuf room(int capacity) {
        return writer.room(capacity);
    }

    /**
     * Whether the connection can be kept behind this sink's answer, as far as the client and the
     * listener go.
     */
    public boolean canKeepAlive(RequestSink answered) {
        return answered != sink || canGoOn();
    }

    private boolean canGoOn() {
        return !listener.isDraining() && (!inputEnded || received.isReadable());
    }

    /** Whether what is missing of the request is little enough to be read and dropped. */
    public boolean canDropRest() {
        return state != State.BODY || reader.canDropBody();
    }

    /** Bytes of the request's body that are to come, if they could pass without being read. */
    public long bytesToSplice() {
        return loan.isRefused() ? 0 : reader.plainBytesLeft();
    }

    /** The channel that response bytes may be spliced into, if that works. */
    public @Nullable Channel spliceSink() {
        return loan.isRefused() ? null : channel();
    }

    /** The loan of the channel to whoever moves the rest of the body. */
    public Loan loan() {
        return loan;
    }

    /** Body bytes that went on unseen. */
    public void spliced(long bytes) {
        reader.skipBody(bytes);
    }

    /** The channel is back, after as many bytes as were told; or after the end of its input. */
    public void takeBack(boolean atEnd) {
        loan.end();
        if (state != State.BODY) {
            return;
        }
        if (atEnd) {
            inputEnded = true;
            failRequests(Outcome.CLIENT_ABORT);
        } else if (reader.isBodyComplete()) {
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
        taking = false;
        timer.disarm();
    }

    /** The client is waited for to take bytes that go straight into its socket. */
    public void awaitTaken() {
        taking = true;
        armBodyTimeout();
    }

    /** Nothing is missing of the head, so that the client is not late with it. */
    void onHeadRead() {
        if (!taking) {
            timer.disarm();
        }
    }

    /** The request cannot go on, nor the connection. */
    public void fail() {
        failRequests(Outcome.CLIENT_ABORT);
    }

    /** The channel, for bytes that go into its socket once all that was sent has left it. */
    public Channel channel() {
        writer.push();
        return channel;
    }

    /** Asks for body bytes again, after {@link RequestSink#wantsBody} had said no. */
    public void resumeBody() {
        if (state == State.BODY) {
            if (!received.isEmpty()) {
                reader.process();
            } else {
                if (!reader.expectsContinue()) {
                    armBodyTimeout();
                }
                readMoreIfWanted();
            }
        }
    }

    /** The first answer is complete: go on with the next request, or end the connection. */
    public void endResponse(boolean keepAlive) {
        answers.poll();
        if (state == State.CLOSED) {
            return;
        }
        boolean last = answers.isEmpty();
        if (!keepAlive || (last && !canGoOn()) || !canDropRest()) {
            closeAfterFlush();
            return;
        }
        if (!last) {
            answers.giveTurns();
            if (state == State.REPLY && reader.mayReadAhead()) {
                state = State.HEAD;
            }
        } else if (state == State.BODY) {
            sink = null;
            state = State.DISCARD;
            armBodyTimeout();
        } else {
            sink = null;
            awaitHead();
        }
        reader.process();
    }

    /** Cuts the connection with a reset, so that what was sent is never taken for complete. */
    public void abort() {
        resetWanted = true;
        if (state != State.CLOSED && !failing) {
            answers.poll();
            failRequests(Outcome.CLIENT_ABORT);
        }
    }

    /** Sends what is queued, then cuts the connection without a proper end of the message. */
    public void endTruncated() {
        answers.poll();
        closeAfterFlush();
    }

    // ---- reading ----

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        long mostNs = listener.isDraining() ? Lingering.TIME_NS : NEVER;
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
        reader.process();
    }

    /**
     * The client's time runs when it is the client that is waited for: to take what was answered,
     * or to send what is wanted. Otherwise it is the origin's, which the exchange watches.
     */
    void armForBody(@Nullable RequestSink to) {
        boolean awaited = state == State.BODY && to != null && to.wantsBody();
        if (awaited || !channel.isWritable()) {
            armBodyTimeout();
        } else {
            timer.disarm();
        }
    }

    /** Nothing of the next head has been read. */
    void awaitHead() {
        state = State.HEAD;
        reader.startHead();
        // Of a client that is behind, the idle time begins when it has taken the last answer.
        if (channel.isWritable() || !delivery.keepWaiting()) {
            timer.arm(nowNs() + settings().idleTimeoutNs());
        }
    }

    /** Whether nothing of a request has come, and all before it are answered. */
    private boolean isIdle() {
        return state == State.HEAD && received.isEmpty() && answers.isEmpty();
    }

    /** The kernel has taken everything. */
    void onDelivered() {
        if (isIdle()) {
            timer.arm(nowNs() + settings().idleTimeoutNs());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        inRead = false;
        readOutstanding = false;
        readMoreIfWanted();
    }

    void readMoreIfWanted() {
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
        if (loan.isLent() || to == null || !received.isEmpty()) {
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
                // A client that only finished sending still gets its answers.
                if (answers.isEmpty() && (channel.isWritable() || received.isEmpty())) {
                    closeAfterFlush();
                }
            }
            case BODY -> {
                if (received.isEmpty()) {
                    failRequests(Outcome.CLIENT_ABORT);
                }
            }
            case DISCARD, LINGER -> close();
            case REPLY, CLOSED -> {}
        }
    }

    private void failRequests(Outcome outcome) {
        dropAnswers(outcome);
        if (resetWanted) {
            Sockets.reset(channel);
        }
        close();
    }

    /** Those who have not answered yet need not; what they wish for the connection is not done. */
    private void dropAnswers(Outcome outcome) {
        failing = true;
        answers.drop(outcome);
        sink = null;
        failing = false;
    }

    /**
     * Sends what is queued, says that nothing follows, and waits a moment for the client to close.
     */
    void closeAfterFlush() {
        if (state == State.LINGER || state == State.CLOSED) {
            return;
        }
        dropAnswers(Outcome.CLIENT_ABORT);
        boolean nothingUnread = state == State.REPLY || state == State.HEAD;
        boolean plainClose = (nothingUnread && received.isEmpty()) || inputEnded;
        received.release();
        state = State.LINGER;
        writer.push();
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
        if (isIdle()) {
            closeAfterFlush();
        }
    }

    @Override
    public void onDeadline(long nowNs) {
        boolean writable = channel.isWritable();
        boolean late = state != State.HEAD || !answers.isEmpty();
        if (late && (state == State.LINGER || !writable) && delivery.goesOn()) {
            armBodyTimeout();
            return;
        }
        switch (state) {
            case HEAD -> {
                if (!received.isEmpty() && writable && !taking) {
                    listener.sinks().refuse(reader.openLast(), Outcome.REQUEST_TIMEOUT);
                } else if (late) {
                    failRequests(Outcome.CLIENT_TIMEOUT);
                } else if (!delivery.keepWaiting()) {
                    close();
                }
            }
            case BODY -> {
                RequestSink to = sink;
                if (!writable) {
                    failRequests(Outcome.CLIENT_TIMEOUT);
                } else if (to != null) {
                    to.onRequestFailed(Outcome.REQUEST_TIMEOUT);
                }
            }
            case REPLY -> failRequests(Outcome.CLIENT_TIMEOUT);
            case DISCARD, LINGER -> close();
            case CLOSED -> {}
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = channel.isWritable();
        if (state == State.REPLY || state == State.BODY) {
            armForBody(sink);
        } else if (state == State.HEAD && !writable) {
            armBodyTimeout();
        } else if (state == State.HEAD && !answers.isEmpty()) {
            // The rest of a head, if one has begun, has its time again.
            timer.arm(received.isEmpty() ? NEVER : nowNs() + settings().headersTimeoutNs());
        }
        RequestSink first = answers.first();
        if (first != null) {
            first.onClientWritabilityChanged(writable);
        }
        if (writable && state == State.HEAD) {
            reader.process();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
            inputEnded = true;
            readOutstanding = false;
            if (!reader.isReading() && !inRead) {
                onInputEndReached();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        failRequests(Outcome.CLIENT_ABORT);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a fault on a connection of listener {}", settings().name(), cause);
        }
        failRequests(Outcome.CLIENT_ABORT);
    }

    /** The client is waited for: to take what was answered, or to send what is wanted. */
    public void armBodyTimeout() {
        delivery.mark();
        timer.arm(nowNs() + settings().bodyTimeoutNs());
    }

    /** The rest of a head that has begun is awaited. */
    void armHeadersTimeout() {
        if (!taking) {
            timer.arm(nowNs() + settings().headersTimeoutNs());
        }
    }

    long nowNs() {
        return listener.shard().clock().nowNs();
    }
}
