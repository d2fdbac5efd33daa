package io.millrace.downstream;

import io.millrace.http.RequestHead;
import io.millrace.outcome.Outcome;
import io.netty.buffer.ByteBuf;

/** Receives one request, in order; called on the owning shard's thread. */
public interface RequestSink {
    /** The head, valid during the call only; the answer may be given at once. */
    void onRequestHead(RequestHead head);

    /**
     * Whether body bytes may be delivered now; if not, {@link ClientConnection#resumeBody} asks for
     * them later.
     */
    boolean wantsBody();

    /** Body bytes as received, chunk framing included; the buffer now belongs to the sink. */
    void onRequestBody(ByteBuf wireBytes);

    /**
     * All body bytes that were received have been delivered, and more are to come; whether the sink
     * takes them over, from {@link ClientConnection#loan}.
     */
    boolean takesRestOfBody();

    /** The request is complete. */
    void onRequestEnd();

    /** The request cannot be completed: refused in its body, too slow, or the client is gone. */
    void onRequestFailed(Outcome outcome);

    /**
     * Whether the next request may be read before this one is answered: not if each of them would
     * take a connection of its own.
     */
    boolean letsReadAhead();

    /**
     * All answers before this one have left, so it may; told once to a sink that was opened without
     * having its turn.
     */
    void onTurn();

    /** The client takes response bytes again, or no longer does. */
    void onClientWritabilityChanged(boolean writable);
}
