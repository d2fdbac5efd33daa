package io.millrace.filter;

/**
 * One filter of a route, immutable; called on the thread of the shard whose request it is.
 *
 * <p>It must neither block nor allocate, and keeps nothing of what it is given beyond the call.
 */
public interface Filter {
    /** Its kind, as the configuration calls it. */
    String kind();

    /**
     * Sees a request on its way in; the order is that of {@link FilterChain}.
     *
     * @return whether it goes on; for {@link Verdict#ANSWER} the answer has been filled in
     */
    Verdict onRequest(FilterRequest request);
}
