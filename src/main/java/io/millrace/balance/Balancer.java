package io.millrace.balance;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/** Picks an endpoint's index; it cannot connect, log or sleep; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
public sealed interface Balancer permits RoundRobin, LeastRequest, RandomChoice {
    /** What {@link #pick} returns when there is nothing to choose from. */
    int NONE = -1;

    /**
     * Picks an endpoint.
     *
     * @param avoid an endpoint that has just failed and is taken only if there is no other, or
     *     {@link #NONE}
     */
    int pick(LoadView load, int avoid);

    /** Makes the balancer that a set asks for; {@code seed} tells shards' random choices apart. */
    static Balancer of(EndpointSet set, long seed) {
        return switch (set.algorithm()) {
            case ROUND_ROBIN -> new RoundRobin(set);
            case LEAST_REQUEST -> new LeastRequest(set, seed);
            case RANDOM -> new RandomChoice(set, seed);
        };
    }
}
