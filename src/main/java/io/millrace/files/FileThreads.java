package io.millrace.files;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jctools.queues.MpmcArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that wait for disks, so that no shard does; safe from any thread.
 *
 * <p>Handing work over takes no lock: a bounded queue and a semaphore, whose release is a
 * compare-and-set and at the most the waking of a thread.
 */
@OwnedBy(Role.ANY)
public final class FileThreads implements AutoCloseable {
    /**
     * Bounds; immutable, safe from any thread.
     *
     * @param threads how many threads there are
     * @param maximumPending how much work may wait
     * @param cachedPaths how many paths each shard remembers
     * @param cacheTimeNs for how long
     */
    public record Settings(int threads, int maximumPending, int cachedPaths, long cacheTimeNs) {}

    private static final Logger LOG = LoggerFactory.getLogger(FileThreads.class);

    private final Settings settings;
    private final Queue<FileTask> pending;

    /** Not bounded, because nothing may be left open; there is no more than was opened. */
    private final Queue<FileEntry> closing = new ConcurrentLinkedQueue<>();

    private final Semaphore work = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private FileThreads(Settings settings) {
        this.settings = settings;
        // The queue rounds up to a power of two, 2 at least.
        pending = new MpmcArrayQueue<>(Math.max(2, settings.maximumPending()));
    }

    /** Starts the threads. */
    public static FileThreads start(Settings settings) {
        FileThreads made = new FileThreads(settings);
        for (int i = 0; i < settings.threads(); i++) {
            made.threads.add(Thread.ofPlatform().name("files-" + i).daemon().start(made::run));
        }
        return made;
    }

    Settings settings() {
        return settings;
    }

    /** Whether there was room for the task. */
    boolean submit(FileTask task) {
        if (!pending.offer(task)) {
            return false;
        }
        work.release();
        return true;
    }

    /** Closes the files of an entry that nobody uses any more. */
    void close(FileEntry entry) {
        closing.add(entry);
        work.release();
    }

    private void run() {
        FileOpener opener = new FileOpener(this);
        while (true) {
            work.acquireUninterruptibly();
            FileEntry unused = closing.poll();
            FileTask task = unused == null ? pending.poll() : null;
            if (unused != null) {
                unused.forEachDescriptor(opener::close);
            } else if (task != null) {
                perform(task, opener);
            } else if (stopped) {
                return;
            }
        }
    }

    private static void perform(FileTask task, FileOpener opener) {
        try {
            task.perform(opener);
        } catch (RuntimeException | Error e) {
            LOG.error("a fault on a file thread", e);
        }
    }

    /** Does what is still pending and ends the threads; after the shards have ended. */
    @Override
    public void close() {
        stopped = true;
        work.release(threads.size());
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
