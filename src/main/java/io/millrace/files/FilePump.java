package io.millrace.files;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.Readiness;
import io.millrace.transport.SystemCalls;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Moves parts of a file into a socket by sendfile(2), without ever seeing them; owned by one shard,
 * used again for later files.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class FilePump implements Readiness.Listener {
    /**
     * Bytes that one turn moves before it gives way to the others; decision 0010 has the figures.
     * The socket is awaited again then, which is the way to the end of the loop's queue.
     */
    private static final long TURN_BYTES = 1024 * 1024;

    private static final int EIO = 5;

    private final SystemCalls calls;
    private final FileThreads threads;
    private final Owner owner;
    private @Nullable Readiness readiness;
    private @Nullable FileEntry entry;
    private int socket;
    private int descriptor;
    private long offset;
    private long remaining;
    private long advisedTo;
    private boolean sending;

    /** Makes an idle pump. */
    public FilePump(SystemCalls calls, FileThreads threads, Owner owner) {
        this.calls = calls;
        this.threads = threads;
        this.owner = owner;
    }

    /** How a pump's work ended; owned by no thread (constants). */
    public enum End {
        COMPLETE,
        /** The file is shorter than it was. */
        TRUNCATED,
        /** The file cannot be read. */
        FILE_FAILED,
        SOCKET_FAILED
    }

    /** Whose answer it is; called on the shard's thread. */
    public interface Owner {
        /** So many bytes went into the socket. */
        void onSent(long bytes);

        /** The part is over; the next one can be started from here. */
        void onPumpEnd(End end);
    }

    /** Makes the socket's readiness; on behalf of whoever knows the channel. */
    @FunctionalInterface
    public interface Watch {
        /** Watches a descriptor. */
        Readiness of(int fd, Readiness.Listener listener);
    }

    /** Takes a socket and an entry, which must stay retained, until {@link #close}. */
    public void open(int toSocket, FileEntry ofEntry, OpenFile file, Watch watch) {
        socket = toSocket;
        entry = ofEntry;
        descriptor = file.descriptor();
        readiness = watch.of(toSocket, this);
        // As much is advised when the file is opened.
        advisedTo = ReadAhead.WINDOW_BYTES;
    }

    /** Whether there is a socket to send to. */
    public boolean isOpen() {
        return readiness != null;
    }

    /** Sends a part; everything that was written to the socket's channel must have left it. */
    public void send(long from, long length) {
        offset = from;
        remaining = length;
        advisedTo = Math.max(advisedTo, from);
        sending = true;
        pump();
    }

    /** Stops, without a word to the owner. */
    public void close() {
        sending = false;
        entry = null;
        if (readiness != null) {
            readiness.close();
            readiness = null;
        }
    }

    @Override
    public void onReady(int mask) {
        if (sending) {
            pump();
        }
    }

    private void pump() {
        readAhead();
        long sent;
        do {
            long count = Math.min(remaining, TURN_BYTES);
            sent = count == 0 ? 0 : calls.sendfile(socket, descriptor, offset, count);
        } while (sent == -SystemCalls.EINTR);
        if (sent > 0) {
            offset += sent;
            remaining -= sent;
            owner.onSent(sent);
        }
        if (remaining == 0) {
            end(End.COMPLETE);
        } else if (sent > 0 || sent == -SystemCalls.EAGAIN) {
            Objects.requireNonNull(readiness).await(Readiness.WRITABLE);
        } else if (sent == 0) {
            end(End.TRUNCATED);
        } else {
            boolean ofFile = sent == -EIO || sent == -SystemCalls.EINVAL;
            end(ofFile ? End.FILE_FAILED : End.SOCKET_FAILED);
        }
    }

    /** While one window is sent, the next one is read from the disk. */
    private void readAhead() {
        if (offset + remaining <= advisedTo || offset + ReadAhead.WINDOW_BYTES <= advisedTo) {
            return;
        }
        FileEntry held = Objects.requireNonNull(entry);
        held.retain();
        if (threads.submit(new ReadAhead(held, descriptor, advisedTo))) {
            advisedTo += ReadAhead.WINDOW_BYTES;
        } else {
            held.release();
        }
    }

    private void end(End end) {
        sending = false;
        owner.onPumpEnd(end);
    }
}
