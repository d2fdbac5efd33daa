package io.millrace.transport;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.channel.IoEventLoop;

/**
 * Tells when a socket can be read or written by system calls of our own; owned by one shard.
 *
 * <p>It stands beside a channel: the descriptor stays the channel's, and must stay open until
 * {@link #close}. Interest is one-shot: each {@link #await} is answered by one {@link
 * Listener#onReady} at the most.
 */
@HotPath
@OwnedBy(Role.SHARD)
public abstract sealed class Readiness permits RingReadiness, EpollReadiness {
    /** poll(2), POLLIN: there is something to read, or the input ended. */
    public static final int READABLE = 0x1;

    /** poll(2), POLLOUT: there is room to write. */
    public static final int WRITABLE = 0x4;

    /**
     * poll(2), POLLERR, POLLHUP: reading or writing will tell what happened; always awaited, and
     * alone if a mask is 0.
     */
    public static final int HANG_UP = 0x18;

    final Listener listener;
    private boolean closed;

    Readiness(Listener listener) {
        this.listener = listener;
    }

    /** Who waits. */
    public interface Listener {
        /** Called on the shard's thread with what is true now, of {@link #READABLE} and so on. */
        void onReady(int mask);
    }

    /**
     * Begins to watch a descriptor on the loop of its channel; nothing is awaited yet.
     *
     * <p>The socket becomes non-blocking and stays so: Netty's are blocking under io_uring, where
     * the kernel waits for them elsewhere, and splice(2) and sendfile(2) go by the socket's flag
     * whatever theirs say. Netty polls before it reads and after a write that found no room, so it
     * works with either.
     */
    public static Readiness of(
            IoEventLoop loop, Transport transport, SystemCalls calls, int fd, Listener listener) {
        calls.setNonBlocking(fd);
        return transport == Transport.IO_URING
                ? new RingReadiness(loop, fd, listener)
                : new EpollReadiness(loop, calls, fd, listener);
    }

    /**
     * Waits for what the mask names, {@link #HANG_UP} included; replaces nothing: to be called
     * again after an answer.
     */
    public abstract void await(int mask);

    /**
     * Tells the listener what is true, most likely, without asking the kernel; for a listener that
     * takes its turn in a queue, and finds out by trying.
     */
    public final void assume(int mask) {
        listener.onReady(mask);
    }

    /** Forgets what is awaited: the listener hears nothing more. */
    public final void close() {
        if (!closed) {
            closed = true;
            onClose();
        }
    }

    abstract void onClose();

    final boolean isClosed() {
        return closed;
    }
}
