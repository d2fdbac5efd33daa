package io.millrace.proxy;

import io.millrace.http.HeadError;
import io.millrace.http.MaxForwards;
import io.millrace.http.MethodId;
import io.millrace.http.PathNormalizer;
import io.millrace.http.RequestHead;
import io.millrace.http.h1.Methods;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.route.RouteMatch;
import io.millrace.route.RouteTable;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** Finds the route of a request by its path's normalised form; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class Router {
    /** The path could not be normalised; {@link #error} says why. */
    static final int BAD_PATH = -2;

    /** The request may not be forwarded any further. */
    static final int LAST_HOP = -3;

    private static final byte[] ROOT = {'/'};
    private static final byte[] ORIGIN = "origin".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REQUEST_METHOD =
            "access-control-request-method".getBytes(StandardCharsets.US_ASCII);

    private final UnsafeBuffer root = new UnsafeBuffer(ROOT);
    private final UnsafeBuffer normalised = new UnsafeBuffer(new byte[0]);
    private final RouteMatch match = new RouteMatch();
    private HeadError error = HeadError.BAD_TARGET;
    private UnsafeBuffer path = root;
    private int pathOffset;
    private int pathLength = 1;

    /** Makes room for the longest path that is admitted. */
    void reserve(int pathBytes) {
        if (pathBytes > normalised.capacity()) {
            normalised.wrap(new byte[pathBytes]);
        }
    }

    /** One of the results of {@link RouteTable#match}, {@link #BAD_PATH} or {@link #LAST_HOP}. */
    int find(RequestHead head, ActiveTables tables) {
        if (MaxForwards.of(head) == 0) {
            return LAST_HOP;
        }
        if (head.pathLength == 0) {
            // OPTIONS * and an absolute target without a path are matched as the root.
            normalised(root, 0, 1);
        } else if (!head.pathNeedsNormalising) {
            normalised(head.bytes, head.pathOffset, head.pathLength);
        } else {
            int length =
                    PathNormalizer.normalize(
                            head.bytes, head.pathOffset, head.pathLength, normalised);
            if (length < 0) {
                error = HeadError.ofResult(length);
                return BAD_PATH;
            }
            normalised(normalised, 0, length);
        }
        if (head.method == MethodId.OPTIONS
                && tables.answersPreflights()
                && isPreflightOfRoute(head, tables)) {
            return RouteTable.FOUND;
        }
        return tables.routes().match(head, path, pathOffset, pathLength, match);
    }

    /**
     * A browser's question belongs to the route of the request that is to follow, not to one for
     * OPTIONS (Fetch Standard, section 4.8); if that route answers it.
     */
    private boolean isPreflightOfRoute(RequestHead head, ActiveTables tables) {
        int asked = head.fieldAfter(-1, REQUEST_METHOD);
        if (asked < 0 || head.fieldAfter(-1, ORIGIN) < 0) {
            return false;
        }
        int offset = head.methodOffset;
        int length = head.methodLength;
        head.methodOffset = head.headers.valueOffset(asked);
        head.methodLength = head.headers.valueLength(asked);
        head.method =
                Methods.idOf(
                        head.bytes.addressOffset(),
                        head.methodOffset,
                        head.methodLength,
                        head.length);
        boolean found =
                tables.routes().match(head, path, pathOffset, pathLength, match) == RouteTable.FOUND
                        && tables.answersPreflights(match.route);
        head.method = MethodId.OPTIONS;
        head.methodOffset = offset;
        head.methodLength = length;
        return found;
    }

    private void normalised(UnsafeBuffer bytes, int offset, int length) {
        path = bytes;
        pathOffset = offset;
        pathLength = length;
    }

    /** Where the path of the last look-up lies in its normalised form; until the next one. */
    UnsafeBuffer path() {
        return path;
    }

    int pathOffset() {
        return pathOffset;
    }

    int pathLength() {
        return pathLength;
    }

    /** What the last look-up found. */
    RouteMatch match() {
        return match;
    }

    /** Why the last path was refused. */
    HeadError error() {
        return error;
    }
}
