package io.millrace.filter;

import io.millrace.filter.limit.Decision;
import io.millrace.filter.limit.KeyHash;
import io.millrace.filter.limit.LimitCells;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.WallClock;

/** What the filters of one shard work with; owned by that shard. */
@HotPath
@OwnedBy(Role.SHARD)
public final class FilterShard {
    private static final long NS_PER_MS = 1_000_000;

    final LimitCells cells;
    final KeyHash keys;
    final Decision decision = new Decision();

    /** Works with cells that all shards share. */
    public FilterShard(LimitCells cells) {
        this.cells = cells;
        this.keys = cells.newKeyHash();
    }

    /** The time by which limits count, which outlives the process. */
    long epochNs() {
        return WallClock.epochMillis() * NS_PER_MS;
    }
}
