package io.millrace.control;

import io.millrace.config.SocketSpec;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.snapshot.Snapshot;

/**
 * What the conductor asks of the shards together; called on the conductor's thread, and may block
 * it.
 */
public interface DataPlane {
    /**
     * Binds a listener on every shard; it accepts nothing before the next {@link #publish}, which
     * puts it in the place of the one of that name.
     *
     * @throws BindFailure when some shard could not; none of them is bound then
     */
    void bind(ListenerSettings settings, SocketSpec where) throws BindFailure;

    /** Lets a published listener go on under another name from the next {@link #publish} on. */
    void rename(String from, ListenerSettings to);

    /** Closes the sockets that were bound and not yet published, and forgets renamings. */
    void discardBound();

    /** Closes a published listener's sockets and ends its connections as their requests end. */
    void unbind(String listener);

    /** Has every shard run on a snapshot; returns when the last one does. */
    void publish(Snapshot snapshot);
}
