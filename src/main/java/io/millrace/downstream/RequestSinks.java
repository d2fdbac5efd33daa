package io.millrace.downstream;

import io.millrace.http.HeadError;
import io.millrace.outcome.Outcome;

/** Where a client connection takes its sinks from; called on the owning shard's thread. */
public interface RequestSinks {
    /**
     * A sink for one request; it ends with {@link ClientConnection#endResponse} or {@link
     * ClientConnection#abort}.
     *
     * @param inTurn whether nothing is to be answered before it; else {@link RequestSink#onTurn}
     *     tells when that is so
     */
    RequestSink open(ClientConnection connection, boolean inTurn);

    /** Has a sink answer a head that could not be read; the connection closes afterwards. */
    void refuse(RequestSink opened, HeadError error);

    /** Has a sink answer a head that did not arrive in time; the connection closes afterwards. */
    void refuse(RequestSink opened, Outcome outcome);

    /** The connection has ended; nothing more is asked for it. */
    void closed(ClientConnection connection);
}
