package io.millrace.filter;

import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;

/**
 * Sends clients elsewhere; immutable, safe from any thread.
 *
 * @param keepsQuery whether the request's query goes with them
 */
@HotPath
@OwnedBy(Role.ANY)
public record Redirect(int status, ValueTemplate location, boolean keepsQuery) implements Filter {
    private static final byte[] LOCATION = "Location".getBytes(StandardCharsets.US_ASCII);

    @Override
    public String kind() {
        return "redirect";
    }

    @Override
    public Verdict onRequest(FilterRequest request) {
        HeadEdits to = request.toClient;
        to.beginLine(LOCATION);
        location.writeUri(request, to);
        RequestHead head = request.head();
        if (keepsQuery && head.queryLength > 0) {
            to.valueByte((byte) '?');
            to.value(head.bytes, head.queryOffset, head.queryLength);
        }
        to.endLine();
        return request.answer.empty(status);
    }
}
