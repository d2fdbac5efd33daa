package io.millrace.downstream;

import io.millrace.http.HeadError;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.http.h1.RequestParser;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Makes requests of what one client has sent, and hands them and their bodies over; owned by one
 * shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class RequestReader {
    private final ClientConnection connection;
    private final ReceivedBytes received = new ReceivedBytes();
    private final RequestBody body = new RequestBody();
    private boolean reading;

    /** Nothing is read ahead before everything is answered. */
    private boolean blocked;

    private long requests;

    RequestReader(ClientConnection connection) {
        this.connection = connection;
    }

    /** What was received and is not consumed. */
    ReceivedBytes received() {
        return received;
    }

    /** Requests read so far. */
    long requests() {
        return requests;
    }

    /** Whether it is at work, so that what it leaves will be looked at. */
    boolean isReading() {
        return reading;
    }

    /** All before are answered, and nothing of the next head has been looked at. */
    void startHead() {
        blocked = false;
        received.startHead();
    }

    boolean canDropBody() {
        return body.isDrainable();
    }

    boolean isBodyComplete() {
        return body.isComplete();
    }

    boolean expectsContinue() {
        return body.expectsContinue();
    }

    /** Body bytes that went on unseen. */
    void skipBody(long bytes) {
        body.skip(bytes);
    }

    /** Body bytes that are to come and could pass unseen. */
    long plainBytesLeft() {
        return connection.state == State.BODY && received.isEmpty() ? body.plainBytesLeft() : 0;
    }

    /** Consumes what is held as far as the state allows; not re-entered by the sinks it calls. */
    void process() {
        if (reading) {
            return;
        }
        reading = true;
        try {
            for (boolean more = true; more && !received.isEmpty(); ) {
                more =
                        switch (connection.state) {
                            case HEAD -> readHead();
                            case BODY -> readBody();
                            case DISCARD -> discardBody();
                            case REPLY, LINGER, CLOSED -> false;
                        };
            }
        } finally {
            reading = false;
        }
        connection.readMoreIfWanted();
    }

    private boolean readHead() {
        if (!connection.isWritable()) {
            // The client pipelines but does not read: its answers must not pile up here.
            return false;
        }
        if (!received.isWorthParsing(connection.settings().limits())) {
            return false;
        }
        RequestHead head = connection.listener.scratch();
        int result =
                RequestParser.parse(
                        received.address(),
                        received.length(),
                        connection.settings().limits(),
                        head);
        if (result == 0) {
            if (received.onIncompleteHead() && requests > 0) {
                // The first bytes of a head end the idle time and begin the time for the head.
                connection.armHeadersTimeout();
            }
            return false;
        }
        if (result < 0) {
            RequestSink to = openLast();
            connection.listener.sinks().refuse(to, HeadError.ofResult(result));
            return false;
        }
        boolean ahead = !head.hasBody() && MethodId.isSafe(head.method);
        if (!ahead && !connection.answers.isEmpty()) {
            blocked = true;
            connection.state = State.REPLY;
            // Its head is complete: it is not the client who is late.
            connection.onHeadRead();
            return false;
        }
        received.consume(result);
        begin(head);
        received.releaseIfConsumed();
        return true;
    }

    private void begin(RequestHead head) {
        requests++;
        RequestSink to = open();
        boolean hasBody = body.start(head);
        blocked = hasBody || !head.keepAlive || !MethodId.isSafe(head.method);
        connection.state = hasBody ? State.BODY : mayReadAhead() ? State.HEAD : State.REPLY;
        received.startHead();
        // Until the sink wants the body, and while a 100 is awaited, it is not the client who is
        // late.
        connection.onHeadRead();
        to.onRequestHead(head);
        if (connection.sink == to && !to.letsReadAhead() && connection.state == State.HEAD) {
            blocked = true;
            connection.state = State.REPLY;
        }
    }

    private RequestSink open() {
        RequestSink opened =
                connection.listener.sinks().open(connection, connection.answers.isEmpty());
        connection.answers.add(opened);
        connection.sink = opened;
        return opened;
    }

    /** Opens a sink whose answer is the connection's last. */
    RequestSink openLast() {
        connection.state = State.REPLY;
        blocked = true;
        // Those before it have whatever time they need.
        connection.onHeadRead();
        return open();
    }

    boolean mayReadAhead() {
        return !blocked
                && !connection.listener.isDraining()
                && connection.answers.size() < connection.settings().pipelinedRequests();
    }

    private boolean readBody() {
        RequestSink to = connection.sink;
        if (to == null || !to.wantsBody()) {
            connection.armForBody(to);
            return false;
        }
        int taken = consume();
        if (taken < 0) {
            onBodyRefused(HeadError.ofResult(taken).outcome());
            return false;
        }
        long limit = connection.settings().bodyLimitBytes();
        if (limit > 0 && body.dataBytes() > limit) {
            onBodyRefused(Outcome.CONTENT_TOO_LARGE);
            return false;
        }
        boolean complete = body.isComplete();
        if (complete) {
            connection.state = State.REPLY;
        }
        if (taken > 0) {
            to.onRequestBody(received.take(taken));
        }
        if (connection.sink == to) {
            connection.armForBody(to);
        }
        if (complete && connection.sink == to) {
            to.onRequestEnd();
        }
        return true;
    }

    private void onBodyRefused(Outcome outcome) {
        RequestSink to = connection.sink;
        if (to != null) {
            to.onRequestFailed(outcome);
        } else {
            connection.closeAfterFlush();
        }
    }

    private boolean discardBody() {
        int taken = consume();
        if (taken < 0) {
            connection.closeAfterFlush();
            return false;
        }
        received.consume(taken);
        received.releaseIfConsumed();
        if (body.isComplete()) {
            connection.awaitHead();
        } else {
            connection.armBodyTimeout();
        }
        return true;
    }

    private int consume() {
        RequestHead scratch = connection.listener.scratch();
        int available = received.length();
        scratch.bytes.wrap(received.address(), available);
        return body.consume(scratch.bytes, available);
    }
}
