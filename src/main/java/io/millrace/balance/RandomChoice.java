package io.millrace.balance;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/** An endpoint at random, by weight; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
public final class RandomChoice implements Balancer {
    private final int[] weights;
    private final long total;
    private final SplitMix random;

    RandomChoice(EndpointSet set, long seed) {
        weights = Weights.of(set);
        total = Weights.total(weights);
        random = new SplitMix(seed);
    }

    @Override
    public int pick(LoadView load, int avoid) {
        int n = weights.length;
        if (n <= 1) {
            return n - 1;
        }
        boolean skip = avoid >= 0 && avoid < n;
        long at = random.below(skip ? total - weights[avoid] : total);
        for (int i = 0; i < n; i++) {
            if (skip && i == avoid) {
                continue;
            }
            at -= weights[i];
            if (at < 0) {
                return i;
            }
        }
        return NONE;
    }
}
