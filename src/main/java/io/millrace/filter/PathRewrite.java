package io.millrace.filter;

import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Gives the origin another path with the same query; immutable, safe from any thread.
 *
 * @param path begins with a slash
 */
@HotPath
@OwnedBy(Role.ANY)
public record PathRewrite(ValueTemplate path) implements Filter {
    @Override
    public String kind() {
        return "rewrite";
    }

    @Override
    public Verdict onRequest(FilterRequest request) {
        HeadEdits to = request.toOrigin;
        to.beginTarget();
        path.writeUri(request, to);
        query(request.head(), to);
        return Verdict.NEXT;
    }

    static void query(RequestHead head, HeadEdits to) {
        if (head.queryLength >= 0) {
            to.valueByte((byte) '?');
            to.value(head.bytes, head.queryOffset, head.queryLength);
        }
    }
}
