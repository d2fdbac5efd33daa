package io.millrace.filter;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/** Changes fields of what the origin gets; immutable, safe from any thread. */
@HotPath
@OwnedBy(Role.ANY)
public record RequestHeaders(HeaderChanges changes) implements Filter {
    @Override
    public String kind() {
        return "requestHeaders";
    }

    @Override
    public Verdict onRequest(FilterRequest request) {
        changes.apply(request, request.toOrigin);
        return Verdict.NEXT;
    }
}
