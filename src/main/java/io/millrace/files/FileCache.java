package io.millrace.files;

import io.millrace.files.FileEntry.Kind;
import io.millrace.observe.ShardCounters;
import io.millrace.observe.ShardMetric;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.time.Timer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one shard knows of files, each for a short time, and the look-ups under way; owned by one
 * shard.
 *
 * <p>All entries live equally long, so the eldest is always the next to expire.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class FileCache implements Timer.Listener {
    private final Shard shard;
    private final ShardCounters counters;
    private final FileThreads threads;
    private final Timer timer;
    private final LinkedHashMap<FileKey, FileEntry> entries = new LinkedHashMap<>();
    private final Map<FileKey, FileLookup> pending = new HashMap<>();
    private List<FileSite> sites = List.of();
    private boolean closed;

    /** Makes an empty cache. */
    FileCache(Shard shard, ShardCounters counters, FileThreads threads) {
        this.shard = shard;
        this.counters = counters;
        this.threads = threads;
        this.timer = shard.timers().timer(this);
    }

    /** Takes over the sites of another generation; what was known stays known if they are equal. */
    public void onSites(List<FileSite> next) {
        if (!sites.equals(next)) {
            clear();
            pending.clear();
            sites = next;
        }
    }

    /** A site by its number in the generation in use. */
    public FileSite site(int number) {
        return sites.get(number);
    }

    /** What is known under the key, or null; good during this turn, for longer when retained. */
    public @Nullable FileEntry find(FileKey key) {
        FileEntry known = entries.get(key);
        if (known == null || known.expiresNs <= shard.clock().nowNs()) {
            return null;
        }
        counters.add(ShardMetric.FILE_CACHE_HITS, 1);
        return known;
    }

    /** Has the key looked up for the waiter; null when too many look-ups wait already. */
    public @Nullable FileLookup look(FileSite site, FileKey key, FileWaiter waiter) {
        counters.add(ShardMetric.FILE_CACHE_MISSES, 1);
        FileLookup known = pending.get(key);
        if (known != null) {
            known.add(waiter);
            return known;
        }
        FileLookup made = new FileLookup(key.copy(), site, sites, this, shard::execute);
        made.add(waiter);
        if (!threads.submit(made)) {
            return null;
        }
        pending.put(made.key, made);
        return made;
    }

    void onLookup(FileLookup done, FileEntry found) {
        pending.remove(done.key, done);
        if (!found.isLasting()) {
            counters.add(ShardMetric.FILE_OPEN_ERRORS, 1);
        }
        boolean kept =
                !closed
                        && found.isLasting()
                        && done.sites == sites
                        && threads.settings().cacheTimeNs() > 0
                        && threads.settings().cachedPaths() > 0;
        if (kept) {
            found.retain();
            keep(done.key, found);
        }
        done.deliver(found);
        found.release();
    }

    private void keep(FileKey key, FileEntry entry) {
        int most = threads.settings().cachedPaths();
        if (entry.kind() == Kind.MISSING && entries.size() >= most && !entries.containsKey(key)) {
            // Whoever asks for names that nobody has must not drive out what others ask for.
            entry.release();
            return;
        }
        entry.expiresNs = shard.clock().nowNs() + threads.settings().cacheTimeNs();
        FileEntry before = entries.remove(key);
        if (before != null) {
            before.release();
        }
        entries.put(key, entry);
        if (entries.size() > most) {
            removeEldest();
        }
        if (!timer.isArmed()) {
            timer.arm(entry.expiresNs);
        }
    }

    private void removeEldest() {
        var eldest = entries.pollFirstEntry();
        if (eldest != null) {
            eldest.getValue().release();
        }
    }

    @Override
    public void onDeadline(long nowNs) {
        var eldest = entries.firstEntry();
        while (eldest != null && eldest.getValue().expiresNs <= nowNs) {
            removeEldest();
            eldest = entries.firstEntry();
        }
        if (eldest != null) {
            timer.arm(eldest.getValue().expiresNs);
        }
    }

    private void clear() {
        entries.values().forEach(FileEntry::release);
        entries.clear();
    }

    /** Forgets everything, now and from now on. */
    public void close() {
        closed = true;
        timer.release();
        clear();
    }
}
