package io.millrace.files;

import io.millrace.observe.ShardCounters;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;

/** What all answers with files of a shard share; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
public final class FileServing {
    private final FileCache cache;
    private final FileHead head = new FileHead();
    private final FileThreads threads;

    /** For one shard, which has other threads look files up. */
    public FileServing(Shard shard, ShardCounters counters, FileThreads threads) {
        this.cache = new FileCache(shard, counters, threads);
        this.threads = threads;
    }

    /** What is known of files. */
    public FileCache cache() {
        return cache;
    }

    /** The writer of heads. */
    public FileHead head() {
        return head;
    }

    /** The threads that look files up and read ahead. */
    public FileThreads threads() {
        return threads;
    }
}
