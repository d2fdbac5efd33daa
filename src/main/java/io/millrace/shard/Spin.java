package io.millrace.shard;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Whether a loop that has nothing to do asks the kernel again before it sleeps; owned by one shard.
 *
 * <p>Waking a thread costs more than asking a few times, but asking in vain is time of the CPU's.
 * So each search that found nothing has the loop sleep at once more often: for one turn with
 * events, then three, up to 63; one that found something has it search again after every turn.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class Spin {
    private static final int MAXIMUM_MISSES = 6;

    /** PAUSE takes 40 to 140 cycles on today's processors. */
    private static final int PAUSES = 64;

    private final long limitNs;
    private boolean searching;
    private boolean begun;
    private long sinceNs;
    private long lastNs;
    private int misses;
    private int sleeps;
    private long spentNs;

    /** A loop may search for so long before it sleeps; 0 for never. */
    Spin(long limitNs) {
        this.limitNs = limitNs;
    }

    /** Whether the loop may not sleep now. */
    boolean isSearching() {
        return searching;
    }

    /** How long it has searched, in all. */
    long spentNs() {
        return spentNs;
    }

    /** A turn with events is over: this costs no look at the clock. */
    void onEvents() {
        if (limitNs == 0) {
            return;
        }
        // What was there at once, such as the completion of what the turn before has sent, would
        // have been there without a search: only what came after a vain turn was found by it.
        if (begun) {
            misses = 0;
            begun = false;
        }
        searching = sleeps == 0;
        if (!searching) {
            sleeps--;
        }
    }

    /** A turn of a search is over, in vain; the time counts from the first of them. */
    void onNothing(long nowNs) {
        if (!begun) {
            begun = true;
            sinceNs = nowNs;
        } else {
            spentNs += nowNs - lastNs;
        }
        lastNs = nowNs;
        if (nowNs - sinceNs >= limitNs) {
            searching = false;
            begun = false;
            misses = Math.min(misses + 1, MAXIMUM_MISSES);
            sleeps = (1 << misses) - 1;
        } else {
            pause();
        }
    }

    /** About a microsecond: each turn of Netty's loop on io_uring makes an object of 16 bytes. */
    private static void pause() {
        for (int i = 0; i < PAUSES; i++) {
            Thread.onSpinWait();
        }
    }
}
