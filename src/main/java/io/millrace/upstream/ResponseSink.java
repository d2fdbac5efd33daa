package io.millrace.upstream;

import io.millrace.http.ResponseHead;
import io.millrace.outcome.Outcome;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Receives what an origin answers to one request, in order; called on the owning shard's thread.
 */
public interface ResponseSink {
    /** A 1xx response other than 101; the head is valid during the call only. */
    void onInformational(ResponseHead head);

    /**
     * The final response's head, valid during the call only.
     *
     * @param framing how the body is delimited on the wire
     * @param bodyAvailable body bytes that follow at once
     * @return whether the head's bytes are to be delivered as they are, in front of the body's
     */
    boolean onResponseHead(ResponseHead head, ResponseFraming framing, int bodyAvailable);

    /**
     * Body bytes as received, chunk framing included, behind those of the head if that was asked
     * for; the buffer now belongs to the sink.
     */
    void onResponseBody(ByteBuf wireBytes);

    /**
     * Body bytes that are followed by the next response in the same buffer: the sink copies so many
     * from the reader index on and moves it; the buffer stays the connection's.
     */
    void onResponseBytes(ByteBuf in, int length);

    /** The response is complete; the sink gives the connection back or closes it. */
    void onResponseEnd();

    /** What one read delivered has been passed on. */
    void onResponsePause();

    /**
     * The connection is gone or of no more use; it must not be touched again.
     *
     * @param request the request's head, to be sent again, if nothing was heard of its answer; it
     *     now belongs to the sink
     */
    void onOriginFailed(Outcome outcome, @Nullable ByteBuf request);

    /**
     * The connection that was shared no longer is, or has ended with an earlier answer: this
     * request needs another one, which is nobody's fault. The connection must not be touched again.
     *
     * @param request the request's head, to be sent again; it now belongs to the sink
     */
    void onReassigned(ByteBuf request);

    /** The connection takes request bytes again, or no longer does. */
    void onOriginWritabilityChanged(boolean writable);
}
