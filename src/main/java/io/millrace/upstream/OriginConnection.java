package io.millrace.upstream;

import io.millrace.http.ResponseHead;
import io.millrace.outcome.Outcome;
import io.millrace.proxyprotocol.ClientAddresses;
import io.millrace.proxyprotocol.HeaderEncoder;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.TurnTask;
import io.millrace.shard.TurnWriter;
import io.millrace.time.Timer;
import io.millrace.transport.Loan;
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
 * One HTTP/1.1 connection to an origin, idle, leased to one exchange, or shared by several; owned
 * by one shard.
 *
 * <p>Requests are answered in the order in which they were written. What comes goes to the first
 * one's {@link ResponseSink}; bytes that no request that has left asked for end the connection. A
 * shared connection is one exchange's alone from when its answer turns out to be large, slow to be
 * taken or without a foreseeable end: then those behind it are sent elsewhere, and it is closed
 * with that answer.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class OriginConnection extends ChannelInboundHandlerAdapter
        implements Timer.Listener, TurnTask {
    private static final Logger LOG = LoggerFactory.getLogger(OriginConnection.class);

    /** Where a connection stands; owned by no thread (constants). */
    enum State {
        IDLE,
        HEAD,
        BODY,
        CLOSED
    }

    /** With so many requests in one write, more would save each hardly anything. */
    private static final int ENOUGH = 32;

    private final Pool pool;
    private final Channel channel;
    private final ResponseReader reader;
    private final Timer idleTimer;
    private final TurnWriter writer;
    private final long createdNs;
    State state = State.IDLE;

    /** Who may share it; null when it is always one exchange's alone. */
    private final @Nullable SharedConnections shared;

    final PipelinedRequests requests;
    private final @Nullable DiscardedAnswer discarded;

    /** The first request's; null when there is none. */
    @Nullable ResponseSink sink;

    private @Nullable ClientAddresses owner;
    private final Loan loan;
    private boolean paused;
    private boolean inputEnded;
    private boolean sharing;
    private boolean retiring;
    private boolean turnQueued;
    private long bodyBytes;
    private long begun;

    OriginConnection(
            Pool pool, @Nullable SharedConnections shared, Channel channel, ResponseHead scratch) {
        this.pool = pool;
        this.shared = shared;
        this.sharing = shared != null;
        this.requests = new PipelinedRequests(shared == null ? 1 : shared.settings().depth());
        this.discarded =
                shared == null
                        ? null
                        : new DiscardedAnswer(this, shared.settings().maximumBufferedBytes());
        this.loan = new Loan(channel);
        this.channel = channel;
        this.reader = new ResponseReader(this, scratch);
        this.idleTimer = pool.shard().timers().timer(this);
        this.writer = new TurnWriter(pool.shard(), channel, shared != null);
        if (shared != null) {
            channel.config().setWriteBufferWaterMark(shared.waterMark());
        }
        this.createdNs = pool.shard().clock().nowNs();
    }

    /**
     * Whether another request was sent on it before, so that the origin may have closed it
     * meanwhile.
     */
    public boolean isReused() {
        return begun > 1;
    }

    /** Whether request bytes can be sent without growing memory. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /**
     * Begins an exchange: what is received for it goes to the sink. Where a PROXY header is sent,
     * the first exchange's client is named in it and owns the connection.
     */
    public void begin(ResponseSink forExchange, boolean isHeadRequest, ClientAddresses client) {
        if (owner == null && pool.sendsHeader()) {
            owner = client;
            // It leaves with the request's head at the end of this turn, in one write.
            send(HeaderEncoder.encode(pool.sentHeader(), client, channel.alloc()));
        }
        begun++;
        boolean first = requests.isEmpty();
        requests.add(forExchange, isHeadRequest, nowNs());
        if (!turnQueued) {
            turnQueued = true;
            if (shared == null) {
                pool.shard().atTurnEnd(this);
            } else {
                pool.shard().afterOthers(this);
            }
        }
        if (requests.unsent() == ENOUGH) {
            pool.shard().followNow();
        }
        if (first) {
            countIdle(-1);
            pool.onRequestBegin();
            idleTimer.disarm();
            awaitFirst();
        }
    }

    /** Turns to the first request: the next head is its answer's. */
    private void awaitFirst() {
        sink = requests.firstSink();
        reader.start(requests.isFirstHead());
        paused = false;
        bodyBytes = 0;
        state = State.HEAD;
        if (sharing && shared != null) {
            idleTimer.arm(requests.firstBegunNs() + shared.settings().maximumAgeNs());
        }
    }

    /** Room for the head of the request begun last; {@link #headWritten} follows. */
    public ByteBuf headRoom(int capacity) {
        return writer.room(capacity);
    }

    /** The head is in the buffer, from {@code offset} to its writer index. */
    public void headWritten(ByteBuf buffer, int offset) {
        requests.written(buffer, offset);
    }

    /** Sends the head of the request begun last; the buffer now belongs to the connection. */
    public void sendHead(ByteBuf bytes) {
        ByteBuf room = headRoom(bytes.readableBytes());
        int offset = room.writerIndex();
        room.writeBytes(bytes);
        bytes.release();
        headWritten(room, offset);
    }

    /** The request begun last has not been written, nor will it be. */
    public void withdraw() {
        requests.removeLast();
        if (requests.isEmpty()) {
            sink = null;
            pool.onRequestEnd();
            close();
        }
    }

    @Override
    public void onTurnEnd() {
        turnQueued = false;
        requests.onSent();
        if (shared != null) {
            shared.onSent();
        }
    }

    /** Sends bytes of a request's body; the buffer now belongs to the connection. */
    public void send(ByteBuf bytes) {
        writer.write(bytes);
    }

    /** Bytes of the body that are to come, if they could pass without being read. */
    public long bytesToSplice() {
        return state == State.BODY && !loan.isRefused() ? reader.plainBytesLeft() : 0;
    }

    /** The channel that request bytes may be spliced into, if that works. */
    public @Nullable Channel spliceSink() {
        writer.push();
        return loan.isRefused() ? null : channel;
    }

    /** The loan of the channel to whoever moves the rest of the body. */
    public Loan loan() {
        return loan;
    }

    /** Lends the channel, which is the first exchange's alone from now on. */
    public Channel lend() {
        unshare();
        return loan.begin();
    }

    /** Body bytes that went on unseen. */
    public void spliced(long bytes) {
        reader.skip(bytes);
    }

    /** The channel is back, after as many bytes as were told; or after the end of its input. */
    public void takeBack(boolean atEnd) {
        loan.end();
        paused = false;
        ResponseSink to = sink;
        if (atEnd) {
            onInputEnd();
        } else if (to != null && reader.isBodyComplete()) {
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
            if (state != State.CLOSED && !loan.isLent()) {
                channel.read();
            }
        }
    }

    /**
     * Ends the first exchange after a complete response to a complete request: to the next one,
     * back to the pool, or closed.
     */
    public void release() {
        sink = null;
        if (state == State.CLOSED) {
            return;
        }
        endFirst();
        if (!reader.keepsAlive() || inputEnded || (shared != null && !sharing)) {
            close(true);
        } else if (retiring || tooOld() || !pool.wantsBack()) {
            retire();
        }
        if (state == State.CLOSED) {
            return;
        }
        if (requests.isEmpty()) {
            state = State.IDLE;
            resume();
            if (shared == null) {
                pool.offer(this);
            } else {
                countIdle(1);
                armIdle(nowNs() + pool.settings().idleTimeoutNs());
                shared.onRoom();
            }
        } else {
            awaitFirst();
            if (shared != null && sharing) {
                shared.onRoom();
            }
        }
    }

    /** Of the others the pool knows, in which they idle. */
    private void countIdle(int delta) {
        if (shared != null) {
            pool.counters().idle(delta);
        }
    }

    private void endFirst() {
        requests.removeFirst();
        if (requests.isEmpty()) {
            pool.onRequestEnd();
        }
    }

    /** Takes no more requests, and closes when those that are under way are answered. */
    void retire() {
        if (shared != null && !requests.isEmpty()) {
            retiring = true;
            shared.remove(this);
        } else {
            close();
        }
    }

    /**
     * Ends an exchange in the middle. Of a shared connection its answer is read and dropped;
     * another is closed, for nobody could say where it stands.
     */
    public void abort(ResponseSink gone) {
        DiscardedAnswer instead = discarded;
        if (sharing && instead != null && requests.replace(gone, instead)) {
            if (sink != gone) {
                return;
            }
            sink = instead;
            instead.takeOver();
            paused = false;
            if (!isBehind(nowNs())) {
                return;
            }
            // Nobody should wait for an answer that comes late and that nobody wants.
        }
        sink = null;
        close(false);
    }

    /** From now on it is the first exchange's alone; those behind it go elsewhere. */
    private void unshare() {
        if (!sharing || shared == null) {
            return;
        }
        sharing = false;
        shared.remove(this);
        while (requests.size() > 1) {
            ResponseSink moved = requests.lastSink();
            ByteBuf again = requests.copyLast();
            requests.removeLast();
            if (moved == null) {
                again.release();
            } else {
                moved.onReassigned(again);
            }
        }
    }

    /** Whether it is one that exchanges share, or was. */
    boolean isPipelined() {
        return shared != null;
    }

    /** Whether another request may be written now. */
    boolean hasRoom(long nowNs) {
        return sharing
                && !retiring
                && state != State.CLOSED
                && !inputEnded
                && !requests.isFull()
                && !isBehind(nowNs)
                && channel.isWritable();
    }

    /** Whether its first request has waited for longer than others should wait behind it. */
    boolean isBehind(long nowNs) {
        return shared != null
                && !requests.isEmpty()
                && nowNs - requests.firstBegunNs() > shared.settings().maximumAgeNs();
    }

    int requestsUnderWay() {
        return requests.size();
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
        return nowNs() - createdNs > pool.settings().maxLifetimeNs();
    }

    boolean isUsable() {
        return state == State.IDLE && channel.isActive() && !inputEnded;
    }

    void close() {
        close(false);
    }

    /** Closes; those who were not answered are sent elsewhere, the first only if it is told. */
    void close(boolean firstToo) {
        if (state == State.CLOSED) {
            return;
        }
        State before = state;
        state = State.CLOSED;
        sink = null;
        sharing = false;
        idleTimer.release();
        reader.release();
        Sockets.close(channel);
        if (before == State.IDLE) {
            countIdle(-1);
        }
        pool.onClosed(this, before == State.IDLE);
        if (!firstToo && !requests.isEmpty()) {
            endFirst();
        }
        while (!requests.isEmpty()) {
            ResponseSink left = requests.firstSink();
            ByteBuf again = requests.copyFirst();
            endFirst();
            if (left == null) {
                again.release();
            } else {
                left.onReassigned(again);
            }
        }
    }

    @Override
    public void onDeadline(long nowNs) {
        if (state == State.IDLE) {
            pool.onIdleTimeout(this);
        } else if (sink != null && sink == discarded) {
            close(false);
        } else if (state == State.BODY) {
            // An answer that takes its time, perhaps without an end: nobody should wait behind it.
            unshare();
        } else if (shared != null) {
            idleTimer.arm(nowNs + shared.settings().maximumAgeNs());
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
        reader.read(in);
    }

    /** One read has brought so much of a body that goes on. */
    void onBodyPause(ResponseSink to, int taken) {
        bodyBytes += taken;
        if (sharing && shared != null && bodyBytes > shared.settings().maximumBufferedBytes()) {
            unshare();
        }
        to.onResponsePause();
    }

    /** Ends the exchange with a failure and closes the connection. */
    public void fail(Outcome outcome) {
        ResponseSink to = sink;
        sink = null;
        boolean unheard = outcome == Outcome.UPSTREAM_CLOSED && requests.isFirstWritten();
        ByteBuf again = to != null && unheard ? requests.copyFirst() : null;
        close(false);
        if (to != null) {
            to.onOriginFailed(outcome, again);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean wanted = !paused || sharing;
        if (wanted && !loan.isLent() && !inputEnded && state != State.CLOSED) {
            ctx.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (sink != null) {
            sink.onOriginWritabilityChanged(channel.isWritable());
        }
        if (sharing && shared != null && channel.isWritable()) {
            shared.onRoom();
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
            // read, and if nothing is, the end of input or the time-out ends the exchange.
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
        return reader.hasHeard() ? Outcome.BAD_RESPONSE : Outcome.UPSTREAM_CLOSED;
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
        } else if (state == State.BODY && reader.endOfInput()) {
            to.onResponseEnd();
        } else {
            fail(endedEarly());
        }
    }

    private long nowNs() {
        return pool.shard().clock().nowNs();
    }
}
