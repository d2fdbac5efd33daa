package io.millrace.proxy;

import io.millrace.downstream.ClientConnection;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.route.RouteTable;
import org.jspecify.annotations.Nullable;

/**
 * Where one exchange's request goes, found from its head; owned by one shard, used again for later
 * requests.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class Routing {
    private static final int NONE = -1;

    private final Proxy proxy;
    private final ErrorReply reply;
    private @Nullable ActiveTables tables;
    private @Nullable RouteEntry entry;
    private int route;
    private byte[] message = ErrorReply.OWN_MESSAGE;

    Routing(Proxy proxy, ErrorReply reply) {
        this.proxy = proxy;
        this.reply = reply;
    }

    void open() {
        tables = null;
        entry = null;
        route = NONE;
    }

    /** Finds the route; why there is none, or null when there is one. */
    @Nullable Outcome find(RequestHead head, ClientConnection client) {
        message = ErrorReply.OWN_MESSAGE;
        long limit = client.settings().bodyLimitBytes();
        if (limit > 0 && head.contentLength > limit) {
            return Outcome.CONTENT_TOO_LARGE;
        }
        ActiveTables active = proxy.tables();
        tables = active;
        Router router = proxy.router();
        return switch (router.find(head, active)) {
            case RouteTable.FOUND -> {
                route = router.match().route;
                entry = active.entry(client.settings().name(), route);
                yield null;
            }
            case RouteTable.METHOD_NOT_ALLOWED -> {
                reply.allowedMethods = router.match().allowedMethods;
                yield Outcome.METHOD_NOT_ALLOWED;
            }
            case Router.LAST_HOP -> lastHop(head);
            case Router.BAD_PATH -> {
                message = ErrorText.of(router.error());
                yield router.error().outcome();
            }
            default -> Outcome.NO_ROUTE;
        };
    }

    private @Nullable Outcome lastHop(RequestHead head) {
        if (head.method == MethodId.OPTIONS) {
            route = LocalReply.OPTIONS;
            return null;
        }
        message = LocalReply.NO_TRACE;
        return Outcome.NOT_IMPLEMENTED;
    }

    /** What exactly is wrong, when there is no route. */
    byte[] message() {
        return message;
    }

    /** How the route is accounted; null when there is none. */
    @Nullable RouteEntry entry() {
        return entry;
    }

    /** The route's number, or {@link LocalReply#OPTIONS}. */
    int route() {
        return route;
    }

    /** The tables that it was found in. */
    ActiveTables tables() {
        ActiveTables present = tables;
        return present == null ? proxy.tables() : present;
    }

    /** The upstream's number, or -1 when the route has none. */
    int upstream() {
        return route < 0 ? NONE : tables().routes().upstream(route);
    }

    /** The number of the directory, or -1 when the route serves none. */
    int site() {
        return route < 0 ? NONE : tables().routes().site(route);
    }
}
