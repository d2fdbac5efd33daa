package io.millrace.filter;

import io.millrace.http.HeaderTable;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tells browsers what pages of other origins may do (Fetch Standard, section 3.2); immutable, safe
 * from any thread.
 *
 * <p>A preflight is answered here: for an origin that is not allowed without the fields that would
 * allow it, which is how a browser is told. All answers get Vary: Origin unless every origin gets
 * the same, for caches in between.
 */
@HotPath
@OwnedBy(Role.ANY)
public final class Cors implements Filter {
    private static final byte[] ORIGIN = ascii("origin");
    private static final byte[] REQUEST_METHOD = ascii("access-control-request-method");
    private static final byte[] REQUEST_HEADERS = ascii("access-control-request-headers");
    private static final byte[] ALLOW_ORIGIN = ascii("Access-Control-Allow-Origin");
    private static final byte[] ALLOW_CREDENTIALS = ascii("Access-Control-Allow-Credentials");
    private static final byte[] ALLOW_METHODS = ascii("Access-Control-Allow-Methods");
    private static final byte[] ALLOW_HEADERS = ascii("Access-Control-Allow-Headers");
    private static final byte[] EXPOSE_HEADERS = ascii("Access-Control-Expose-Headers");
    private static final byte[] MAX_AGE = ascii("Access-Control-Max-Age");
    private static final byte[] VARY = ascii("Vary");
    private static final byte[] VARY_ORIGIN = ascii("Origin");
    private static final byte[] VARY_PREFLIGHT =
            ascii("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    private static final byte[] ALL = ascii("*");
    private static final byte[] TRUE = ascii("true");

    /** What an origin may not say of itself, when it is the gateway that says it. */
    private static final byte[][] OURS = {
        ascii("access-control-allow-origin"),
        ascii("access-control-allow-credentials"),
        ascii("access-control-expose-headers")
    };

    private final OriginSet origins;
    private final byte[] methods;
    private final byte[] headers;
    private final byte[] exposed;
    private final boolean credentials;
    private final byte[] maxAge;

    /**
     * Rules for one route.
     *
     * @param methods what is allowed; empty: the one that is asked for
     * @param headers likewise
     */
    public Cors(
            OriginSet origins,
            List<String> methods,
            List<String> headers,
            List<String> exposed,
            boolean credentials,
            long maxAgeSeconds) {
        this.origins = origins;
        this.methods = ascii(String.join(", ", methods));
        this.headers = ascii(String.join(", ", headers));
        this.exposed = ascii(String.join(", ", exposed));
        this.credentials = credentials;
        this.maxAge = ascii(Long.toString(maxAgeSeconds));
    }

    @Override
    public String kind() {
        return "cors";
    }

    @Override
    public Verdict onRequest(FilterRequest request) {
        RequestHead head = request.head();
        HeadEdits to = request.toClient;
        int origin = request.field(ORIGIN);
        boolean preflight = isPreflight(request);
        for (byte[] name : OURS) {
            to.remove(name);
        }
        if (preflight || !origins.isAll()) {
            to.addLine(VARY, preflight ? VARY_PREFLIGHT : VARY_ORIGIN);
        }
        if (origin >= 0) {
            int offset = head.headers.valueOffset(origin);
            int length = head.headers.valueLength(origin);
            if (origins.contains(head.bytes, offset, length)) {
                allow(head, offset, length, to);
                answerTo(request, preflight, to);
            }
        }
        return preflight ? request.answer.empty(204) : Verdict.NEXT;
    }

    /** Whether a browser asks what it may ask (Fetch Standard, section 3.2.2). */
    public static boolean isPreflight(FilterRequest request) {
        return request.head().method == MethodId.OPTIONS
                && request.field(ORIGIN) >= 0
                && request.field(REQUEST_METHOD) >= 0;
    }

    private void allow(RequestHead head, int offset, int length, HeadEdits to) {
        if (origins.isAll() && !credentials) {
            to.addLine(ALLOW_ORIGIN, ALL);
        } else {
            to.beginLine(ALLOW_ORIGIN);
            to.value(head.bytes, offset, length);
            to.endLine();
        }
        if (credentials) {
            to.addLine(ALLOW_CREDENTIALS, TRUE);
        }
    }

    private void answerTo(FilterRequest request, boolean preflight, HeadEdits to) {
        if (preflight) {
            list(ALLOW_METHODS, methods, REQUEST_METHOD, request, to);
            list(ALLOW_HEADERS, headers, REQUEST_HEADERS, request, to);
            to.addLine(MAX_AGE, maxAge);
        } else if (exposed.length > 0) {
            to.addLine(EXPOSE_HEADERS, exposed);
        }
    }

    /** What is configured, or else what is asked for. */
    private static void list(
            byte[] name, byte[] configured, byte[] asked, FilterRequest request, HeadEdits to) {
        if (configured.length > 0) {
            to.addLine(name, configured);
            return;
        }
        RequestHead head = request.head();
        HeaderTable fields = head.headers;
        int field = request.field(asked);
        if (field >= 0 && fields.valueLength(field) > 0) {
            to.beginLine(name);
            to.value(head.bytes, fields.valueOffset(field), fields.valueLength(field));
            to.endLine();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
