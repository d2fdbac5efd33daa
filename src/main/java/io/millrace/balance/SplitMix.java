package io.millrace.balance;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * A small random generator for choices that need no secrecy; owned by one shard.
 *
 * <p>Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class SplitMix {
    private long state;

    SplitMix(long seed) {
        state = seed;
    }

    private long next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    int below(int bound) {
        return (int) below((long) bound);
    }

    /** 0 to bound - 1, by multiplication: the bias is below 2^-32 for the bounds used here. */
    long below(long bound) {
        return Math.multiplyHigh(next() >>> 1, bound << 1);
    }
}
