package io.millrace.time;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.function.LongSupplier;

/**
 * The time as one turn of the loop sees it; owned by one shard.
 *
 * <p>The source is read at most once a turn, when somebody first asks: a turn that only moves bytes
 * reads no clock at all. Tests pass a source that they advance by hand.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class ShardClock {
    private final LongSupplier source;
    private long nowNs;
    private boolean fresh;

    /** A clock over a monotonic source in nanoseconds. */
    public ShardClock(LongSupplier source) {
        this.source = source;
        this.nowNs = source.getAsLong();
    }

    /** A clock over {@link System#nanoTime}. */
    public static ShardClock system() {
        return new ShardClock(System::nanoTime);
    }

    /** Begins a turn: the next question reads the source again. */
    public void onTurn() {
        fresh = false;
    }

    /** Monotonic nanoseconds, the same throughout a turn. */
    public long nowNs() {
        if (!fresh) {
            nowNs = source.getAsLong();
            fresh = true;
        }
        return nowNs;
    }
}
