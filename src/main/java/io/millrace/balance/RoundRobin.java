package io.millrace.balance;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Smooth weighted round robin; owned by one shard.
 *
 * <p>Each turn every endpoint gains its weight, the one with the most is taken and pays the sum of
 * all weights: endpoints of weights 5, 1, 1 are taken a a b a c a a, not in bursts.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class RoundRobin implements Balancer {
    private final int[] weights;
    private final long[] credit;
    private final long total;

    RoundRobin(EndpointSet set) {
        weights = Weights.of(set);
        credit = new long[weights.length];
        total = Weights.total(weights);
    }

    @Override
    public int pick(LoadView load, int avoid) {
        if (weights.length <= 1) {
            return weights.length - 1;
        }
        int best = NONE;
        for (int i = 0; i < weights.length; i++) {
            credit[i] += weights[i];
            if (i != avoid && (best == NONE || credit[i] > credit[best])) {
                best = i;
            }
        }
        credit[best] -= total;
        return best;
    }
}
