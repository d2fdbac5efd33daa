package io.millrace.route;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** The state and result of one look-up; owned by one shard, used again for the next request. */
@HotPath
@OwnedBy(Role.SHARD)
public final class RouteMatch {
    private static final UnsafeBuffer EMPTY = new UnsafeBuffer(0, 0);

    /** Number of the winning route, -1 when none matched. */
    public int route = -1;

    /**
     * For a 405: a bit per {@link io.millrace.http.MethodId} that some route admits at this path.
     */
    public int allowedMethods;

    /**
     * How many path parameters the winning route captured; a catch-all's rest is the last of them.
     */
    public int parameterCount;

    UnsafeBuffer path = EMPTY;
    int begin;
    int end;
    boolean methodMatched;
    @Nullable MatchTrace trace;

    private final int[] offsets = new int[PathPattern.MAX_PARAMETERS + 1];
    private final int[] lengths = new int[PathPattern.MAX_PARAMETERS + 1];

    /** Makes a result to use again and again. */
    public RouteMatch() {}

    /** Where a captured parameter begins, counted from the start of the normalised path. */
    public int parameterOffset(int index) {
        return offsets[index];
    }

    /** Length of a captured parameter in bytes. */
    public int parameterLength(int index) {
        return lengths[index];
    }

    /**
     * Tells every step of the following look-ups; null (the default) tells nobody and costs
     * nothing.
     */
    public void trace(@Nullable MatchTrace trace) {
        this.trace = trace;
    }

    void start(UnsafeBuffer pathBytes, int pathOffset, int pathLength) {
        path = pathBytes;
        begin = pathOffset;
        end = pathOffset + pathLength;
        route = -1;
        allowedMethods = 0;
        parameterCount = 0;
        methodMatched = false;
    }

    void push(int offset, int length) {
        offsets[parameterCount] = offset - begin;
        lengths[parameterCount++] = length;
    }

    void pop() {
        parameterCount--;
    }
}
