package io.millrace.upstream;

import io.millrace.http.HeadLimits;
import io.millrace.http.ResponseHead;
import io.millrace.http.h1.BodyReader;
import io.millrace.http.h1.ResponseParser;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.upstream.OriginConnection.State;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Makes responses of what an origin sends on one connection, and hands them to the sink of the
 * request that is first there; owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class ResponseReader {
    /** More interim responses than this before the final one are an attack, not information. */
    private static final int MAXIMUM_INFORMATIONAL = 32;

    private static final HeadLimits LIMITS = new HeadLimits(8 * 1024, 64 * 1024, 128);

    private final OriginConnection connection;
    private final ResponseHead head;
    private final BodyReader body = new BodyReader();
    private @Nullable ByteBuf partialHead;
    private boolean headRequest;
    private boolean keepAlive;
    private int informational;
    private int headBytes;

    ResponseReader(OriginConnection connection, ResponseHead scratch) {
        this.connection = connection;
        this.head = scratch;
    }

    /** Begins to read the answer to another request. */
    void start(boolean toHead) {
        headRequest = toHead;
        keepAlive = false;
        informational = 0;
    }

    /** Whether the connection can carry another answer behind the last one. */
    boolean keepsAlive() {
        return keepAlive;
    }

    /** Whether anything of the answer has come, if not its final head. */
    boolean hasHeard() {
        return partialHead != null || informational > 0;
    }

    boolean isBodyComplete() {
        return body.isComplete();
    }

    /** The input has ended; whether the body is complete with that. */
    boolean endOfInput() {
        return body.endOfInput();
    }

    /** Body bytes that are to come and could pass unseen. */
    long plainBytesLeft() {
        return body.plainBytesLeft();
    }

    /** Body bytes that went on unseen. */
    void skip(long bytes) {
        body.skip(bytes);
    }

    /** Lets go of what is held. */
    void release() {
        if (partialHead != null) {
            partialHead.release();
            partialHead = null;
        }
    }

    /** Reads what was received; the buffer now belongs to the reader. */
    void read(ByteBuf in) {
        ByteBuf before = partialHead;
        partialHead = null;
        parse(before == null ? in : append(before, in));
    }

    /** Parses what was received; releases the buffer or passes it on. */
    private void parse(ByteBuf in) {
        boolean owned = true;
        try {
            while (owned && connection.state != State.CLOSED) {
                ResponseSink to = connection.sink;
                if (to == null) {
                    return;
                }
                if (connection.state == State.HEAD && !readHead(in, to)) {
                    owned = partialHead == null;
                    return;
                }
                if (connection.state == State.BODY && connection.sink != null) {
                    owned = readBody(in, connection.sink);
                }
                if (owned && !in.isReadable()) {
                    return;
                }
            }
        } finally {
            if (owned) {
                in.release();
            }
        }
    }

    /** Reads one head; false when there is nothing more to be done with this buffer. */
    private boolean readHead(ByteBuf in, ResponseSink to) {
        if (!in.isReadable()) {
            return false;
        }
        if (!connection.requests.isFirstSent()) {
            // An answer to what was not asked yet is nobody's.
            connection.close(true);
            return false;
        }
        int result =
                ResponseParser.parse(
                        in.memoryAddress() + in.readerIndex(), in.readableBytes(), LIMITS, head);
        if (result == 0) {
            partialHead = in;
            return false;
        }
        if (result < 0) {
            connection.fail(Outcome.BAD_RESPONSE);
            return false;
        }
        if (head.status < 200) {
            in.skipBytes(result);
            return informational(to);
        }
        ResponseFraming framing = frame();
        if (framing == null) {
            connection.fail(Outcome.BAD_RESPONSE);
            return false;
        }
        // Who answers in HTTP/1.0 is not trusted to keep the answers to many apart.
        keepAlive =
                head.keepAlive
                        && framing != ResponseFraming.UNTIL_CLOSE
                        && (head.minorVersion > 0 || !connection.isPipelined());
        connection.state = State.BODY;
        connection.requests.forgetFirst();
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
            connection.fail(Outcome.BAD_RESPONSE);
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
     * Passes body bytes on, with those of a head before them if they are wanted; whether the buffer
     * is still ours, with another answer in it.
     */
    private boolean readBody(ByteBuf in, ResponseSink to) {
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
            connection.fail(Outcome.BODY_INCOMPLETE);
            return false;
        }
        boolean complete = body.isComplete();
        boolean another = taken < available && keepAlive && connection.requests.isSecondSent();
        if (another) {
            if (ahead + taken > 0) {
                to.onResponseBytes(in, ahead + taken);
            }
        } else {
            if (taken < available) {
                // Bytes behind the end of the response belong to no request.
                keepAlive = false;
                in.writerIndex(in.readerIndex() + ahead + taken);
            }
            deliver(in, to);
        }
        if (complete && connection.sink == to) {
            to.onResponseEnd();
        } else if (connection.sink == to) {
            connection.onBodyPause(to, taken);
        }
        return another;
    }

    private static void deliver(ByteBuf in, ResponseSink to) {
        if (in.isReadable()) {
            to.onResponseBody(in);
        } else {
            in.release();
        }
    }

    private static ByteBuf append(ByteBuf first, ByteBuf second) {
        try {
            if (first.refCnt() > 1) {
                // Slices of it are on their way to the client of the answer before: their memory
                // must neither move nor be written.
                int length = first.readableBytes() + second.readableBytes();
                ByteBuf joined = first.alloc().directBuffer(length);
                joined.writeBytes(first).writeBytes(second);
                first.release();
                return joined;
            }
            if (first.writableBytes() < second.readableBytes()) {
                first.discardReadBytes();
            }
            return first.writeBytes(second);
        } finally {
            second.release();
        }
    }
}
