package io.millrace.observe;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drains the rings of all shards and writes JSON lines, many in one write; runs on its own
 * control-plane thread, its methods are safe from any thread.
 *
 * <p>A file that was moved away (logrotate) is noticed before the next write. What cannot be
 * written is counted and gone: memory stays bounded.
 */
@OwnedBy(Role.ANY)
public final class AccessLogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogWriter.class);
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int RECORDS_PER_TURN = 256;
    private static final long IDLE_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long CLOSE_MS = TimeUnit.SECONDS.toMillis(5);

    private final LogDestination destination;
    private final List<AccessLogRing> rings;
    private final JsonLine encoder = new JsonLine();
    private final ByteBuffer lines = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final MessageHandler handler = this::onRecord;
    private final AtomicLong linesLost = new AtomicLong();
    private final Thread thread;
    private int linesPending;
    private boolean failing;
    private volatile boolean closing;
    private volatile boolean reopenAsked;

    private AccessLogWriter(LogDestination destination, List<AccessLogRing> rings) {
        this.destination = destination;
        this.rings = List.copyOf(rings);
        thread = Thread.ofPlatform().daemon().name("millrace-access-log").unstarted(this::run);
    }

    /** Starts to write to a file, which is made if absent and appended to. */
    public static AccessLogWriter toFile(Path path, List<AccessLogRing> rings) throws IOException {
        return start(LogDestination.file(path), rings);
    }

    /** Starts to write to standard output. */
    public static AccessLogWriter toStdout(List<AccessLogRing> rings) throws IOException {
        return start(LogDestination.stdout(), rings);
    }

    private static AccessLogWriter start(LogDestination destination, List<AccessLogRing> rings) {
        AccessLogWriter writer = new AccessLogWriter(destination, rings);
        writer.thread.start();
        return writer;
    }

    /** Opens the file again before the next write. */
    public void reopen() {
        reopenAsked = true;
        LockSupport.unpark(thread);
    }

    /** Lines that could not be written. */
    public long linesLost() {
        return linesLost.get();
    }

    /** Writes what the rings hold by now, then ends. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean last;
        do {
            last = closing;
            if (drain() == 0 && !last) {
                LockSupport.parkNanos(this, IDLE_NS);
            }
        } while (!last);
        while (drain() > 0) {
            // what came in between
        }
        try {
            destination.close();
        } catch (IOException e) {
            LOG.warn("access log: {}", e.toString());
        }
    }

    private int drain() {
        int records = 0;
        for (AccessLogRing ring : rings) {
            records += ring.drain(handler, RECORDS_PER_TURN);
        }
        if (reopenAsked) {
            reopenAsked = false;
            attempt(destination::reopen);
        }
        flush();
        return records;
    }

    private void onRecord(int type, MutableDirectBuffer buffer, int index, int length) {
        if (lines.remaining() < JsonLine.MAX_LENGTH) {
            flush();
        }
        encoder.encode(buffer, index, lines);
        linesPending++;
    }

    private void flush() {
        if (lines.position() == 0) {
            return;
        }
        lines.flip();
        if (!attempt(() -> destination.write(lines))) {
            linesLost.addAndGet(linesPending);
        }
        lines.clear();
        linesPending = 0;
    }

    /** Says so once when writing begins to fail, and once when it works again. */
    private boolean attempt(Action action) {
        try {
            action.run();
            if (failing) {
                LOG.warn("access log: works again, {} lines were lost", linesLost);
            }
            failing = false;
            return true;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("access log: cannot write, lines are lost: {}", e.toString());
            }
            failing = true;
            return false;
        }
    }

    /** Something with the destination that may fail; owned by the log writer's thread. */
    private interface Action {
        void run() throws IOException;
    }
}
