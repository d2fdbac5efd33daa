package io.millrace.filter;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Changes fields of what the client gets; immutable, safe from any thread.
 *
 * <p>The lines are made on the request's way in, for they may tell of it, and its head is not kept.
 */
@HotPath
@OwnedBy(Role.ANY)
public record ResponseHeaders(HeaderChanges changes) implements Filter {
    @Override
    public String kind() {
        return "responseHeaders";
    }

    @Override
    public Verdict onRequest(FilterRequest request) {
        changes.apply(request, request.toClient);
        return Verdict.NEXT;
    }
}
