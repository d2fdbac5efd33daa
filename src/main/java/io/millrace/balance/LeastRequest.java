package io.millrace.balance;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * The less loaded, relative to its weight, of two endpoints picked at random; owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class LeastRequest implements Balancer {
    private final int[] weights;
    private final SplitMix random;

    LeastRequest(EndpointSet set, long seed) {
        weights = Weights.of(set);
        random = new SplitMix(seed);
    }

    @Override
    public int pick(LoadView load, int avoid) {
        int n = weights.length;
        if (n <= 1) {
            return n - 1;
        }
        int a = random.below(n);
        int b = random.below(n - 1);
        if (b >= a) {
            b++;
        }
        if (a == avoid) {
            return b;
        }
        if (b == avoid) {
            return a;
        }
        // Compares load/weight without dividing; +1 is the request about to be added.
        long loadA = (load.active(a) + 1L) * weights[b];
        long loadB = (load.active(b) + 1L) * weights[a];
        return loadA <= loadB ? a : b;
    }
}
