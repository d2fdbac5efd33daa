package io.millrace.downstream;

import io.millrace.http.HeadError;
import io.millrace.outcome.Outcome;

/** Where a client connection takes its sinks from; called on the owning shard's thread. */
public interface RequestSinks {
    /**
     * A sink for one request; it ends with {@link ClientConnection#endResponse} or {@link
     * ClientConnection#abort}.
     */
    RequestSink open(ClientConnection connection);

    /** Answers a head that could not be read; the connection closes afterwards. */
    void refuse(ClientConnection connection, HeadError error);

    /** Answers a request whose head did not arrive in time; the connection closes afterwards. */
    void refuse(ClientConnection connection, Outcome outcome);

    /** The connection has ended; nothing more is asked for it. */
    void closed(ClientConnection connection);
}
