package io.millrace.filter;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.List;

/** The chains of all routes of one generation; immutable, safe from any thread. */
@HotPath
@OwnedBy(Role.ANY)
public final class RouteFilters {
    private final FilterChain[] chains;
    private final boolean answersPreflights;

    /** The chains in the order of the routes. */
    public RouteFilters(List<FilterChain> chains) {
        this.chains = chains.toArray(new FilterChain[0]);
        boolean some = false;
        for (FilterChain chain : chains) {
            some |= chain.answersPreflights();
        }
        this.answersPreflights = some;
    }

    /** The chain of a route by its number. */
    public FilterChain chain(int route) {
        return chains[route];
    }

    /** Whether some route answers browsers that ask what they may ask. */
    public boolean answersPreflights() {
        return answersPreflights;
    }
}
