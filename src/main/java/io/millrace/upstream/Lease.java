package io.millrace.upstream;

import io.millrace.outcome.Outcome;

/** Waits for a connection; called on the owning shard's thread. */
public interface Lease {
    /** Here is a connection; it belongs to the caller until it is released or aborted. */
    void onConnection(OriginConnection connection);

    /** There will be none. */
    void onUnavailable(Outcome outcome);
}
