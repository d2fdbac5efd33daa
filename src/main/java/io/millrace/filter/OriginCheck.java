package io.millrace.filter;

import io.millrace.bytes.Text;
import io.millrace.http.HeaderTable;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;

/**
 * Refuses what a browser sends for a foreign page with a method that is not safe; immutable, safe
 * from any thread.
 *
 * <p>Browsers say where a request comes from in Sec-Fetch-Site and Origin, which pages cannot set.
 * A client that sends neither is no browser of the last years, and carries nobody's cookies
 * unasked.
 */
@HotPath
@OwnedBy(Role.ANY)
public record OriginCheck(OriginSet trusted) implements Filter {
    private static final byte[] ORIGIN = ascii("origin");
    private static final byte[] FETCH_SITE = ascii("sec-fetch-site");
    private static final byte[] SAME_ORIGIN = ascii("same-origin");
    private static final byte[] NONE = ascii("none");
    private static final byte[] SCHEME_END = ascii("://");

    @Override
    public String kind() {
        return "originCheck";
    }

    @Override
    public Verdict onRequest(FilterRequest request) {
        RequestHead head = request.head();
        if (MethodId.isSafe(head.method) || isOwn(request, head)) {
            return Verdict.NEXT;
        }
        return request.answer.error(Outcome.FORBIDDEN);
    }

    private boolean isOwn(FilterRequest request, RequestHead head) {
        HeaderTable fields = head.headers;
        int origin = request.field(ORIGIN);
        int site = request.field(FETCH_SITE);
        if (origin >= 0
                && trusted.contains(
                        head.bytes, fields.valueOffset(origin), fields.valueLength(origin))) {
            return true;
        }
        if (site >= 0) {
            return isValue(head, site, SAME_ORIGIN) || isValue(head, site, NONE);
        }
        return origin < 0 || isHost(head, origin);
    }

    private static boolean isValue(RequestHead head, int field, byte[] value) {
        int offset = head.headers.valueOffset(field);
        if (head.headers.valueLength(field) != value.length) {
            return false;
        }
        for (int i = 0; i < value.length; i++) {
            if (head.bytes.getByte(offset + i) != value[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the origin's host and port are those that the request is for. */
    private static boolean isHost(RequestHead head, int origin) {
        int offset = head.headers.valueOffset(origin);
        int end = offset + head.headers.valueLength(origin);
        int host = offset;
        while (host + SCHEME_END.length <= end && !isSchemeEnd(head, host)) {
            host++;
        }
        host += SCHEME_END.length;
        return host < end
                && Text.equalsIgnoreCase(
                        head.bytes,
                        host,
                        end - host,
                        head.bytes,
                        head.authorityOffset,
                        head.authorityLength);
    }

    private static boolean isSchemeEnd(RequestHead head, int at) {
        for (int i = 0; i < SCHEME_END.length; i++) {
            if (head.bytes.getByte(at + i) != SCHEME_END[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
