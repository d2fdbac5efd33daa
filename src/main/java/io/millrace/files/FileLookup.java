package io.millrace.files;

import io.millrace.files.FileEntry.Kind;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look-up on its way from a shard to a file thread and back; owned by the shard but for {@link
 * #perform}, before and after which it is handed over through a queue.
 */
@OwnedBy(Role.SHARD)
public final class FileLookup implements FileTask, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FileLookup.class);

    final FileKey key;
    final List<FileSite> sites;
    private final FileSite site;
    private final FileCache cache;
    private final Executor shard;
    private final List<FileWaiter> waiters = new ArrayList<>(1);
    private @Nullable FileEntry found;

    FileLookup(FileKey key, FileSite site, List<FileSite> sites, FileCache cache, Executor shard) {
        this.key = key;
        this.site = site;
        this.sites = sites;
        this.cache = cache;
        this.shard = shard;
    }

    void add(FileWaiter waiter) {
        waiters.add(waiter);
    }

    /** The waiter hears nothing more. */
    public void cancel(FileWaiter waiter) {
        waiters.remove(waiter);
    }

    @Override
    public void perform(FileOpener opener) {
        FileEntry entry;
        try {
            entry = opener.look(site, key);
        } catch (RuntimeException | Error e) {
            LOG.error("a look-up in {} failed", site, e);
            entry = opener.nothing(Kind.BROKEN);
        }
        found = entry;
        try {
            shard.execute(this);
        } catch (RejectedExecutionException _) {
            // The shard has ended, and so has whoever waited.
            entry.release();
        }
    }

    /** On the shard again. */
    @Override
    public void run() {
        FileEntry entry = found;
        if (entry != null) {
            found = null;
            cache.onLookup(this, entry);
        }
    }

    void deliver(FileEntry entry) {
        // A waiter may cancel others, and new ones are told by the cache.
        while (!waiters.isEmpty()) {
            waiters.removeFirst().onFile(entry);
        }
    }
}
