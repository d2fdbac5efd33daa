package io.millrace.stream;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.SystemCalls;

/**
 * The bytes that a client has still to get when its tunnel is over; owned by one shard.
 *
 * <p>They are in the kernel, which drops them when the socket is closed with something unread, and
 * when the client sends after that (RFC 9293, section 3.10.7.1). So the socket is kept, and what
 * the client still sends is dropped, for as long as it takes them.
 */
@OwnedBy(Role.SHARD)
final class LastBytes {
    private final SystemCalls calls;
    private final int fd;
    private final long patienceNs;
    private long left = Long.MAX_VALUE;
    private long lastProgressNs;

    /**
     * Those of this socket.
     *
     * @param patienceNs how long the client may take none of them
     */
    LastBytes(SystemCalls calls, int fd, long patienceNs) {
        this.calls = calls;
        this.fd = fd;
        this.patienceNs = patienceNs;
    }

    /** Whether some are left, and the client takes them. */
    boolean areUnderWay(long nowNs) {
        long queued = calls.unacknowledgedBytes(fd);
        if (queued < left) {
            left = queued;
            lastProgressNs = nowNs;
        }
        return queued > 0 && nowNs - lastProgressNs < patienceNs;
    }
}
