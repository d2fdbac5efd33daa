package io.millrace.filter;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.List;

/**
 * The filters of one route in the order in which requests meet them; immutable, safe from any
 * thread.
 */
@HotPath
@OwnedBy(Role.ANY)
public final class FilterChain {
    /** No filter at all. */
    public static final FilterChain NONE = new FilterChain(List.of());

    private final Filter[] filters;
    private final boolean answersPreflights;

    /** A chain of these filters, in this order. */
    public FilterChain(List<Filter> filters) {
        this.filters = filters.toArray(new Filter[0]);
        boolean cors = false;
        for (Filter filter : filters) {
            cors |= filter instanceof Cors;
        }
        this.answersPreflights = cors;
    }

    /** Whether there is nothing to ask. */
    public boolean isEmpty() {
        return filters.length == 0;
    }

    /** Whether a browser that asks what it may ask is answered by it. */
    public boolean answersPreflights() {
        return answersPreflights;
    }

    /** How many there are. */
    public int length() {
        return filters.length;
    }

    /** The filter at a place, counted from the client. */
    public Filter filter(int index) {
        return filters[index];
    }

    /** Asks one after the other until one answers. */
    public Verdict onRequest(FilterRequest request) {
        for (int i = 0; i < filters.length; i++) {
            if (filters[i].onRequest(request) == Verdict.ANSWER) {
                return Verdict.ANSWER;
            }
        }
        return Verdict.NEXT;
    }
}
