package io.millrace.relay;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.SystemCalls;

/**
 * What bytes pass through between two sockets, filled by the one and drained by the other; owned by
 * one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
abstract sealed class Conduit permits PipePool.Pipe, Detour {
    /** Bytes that went in and did not come out. */
    long held;

    /**
     * Takes at the most that many bytes from a socket.
     *
     * @return how many, 0 at the end of the input, or the error number negated
     */
    abstract long fill(SystemCalls calls, int source, long most);

    /**
     * Gives a socket what it takes of the bytes held.
     *
     * @return how many, or the error number negated
     */
    abstract long drain(SystemCalls calls, int sink);
}
