package io.millrace.route;

import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks the image of a {@link RouteTable}; immutable, safe from any thread.
 *
 * <p>A literal segment is tried before a parameter, a parameter before a catch-all; a branch that
 * ends without a route is left again. The compiler bounds how many nodes and candidates one look-up
 * can visit ({@link RouteTree#MAX_STEPS}), so the walk needs no budget of its own.
 */
@HotPath
@OwnedBy(Role.ANY)
final class RouteMatcher {
    /** Longest host name (RFC 1035, section 2.3.4); longer ones are of the default host. */
    private static final int MAX_HOST_LENGTH = 255;

    private final UnsafeBuffer image;
    private final int exactHosts;
    private final int exactSlots;
    private final int wildcardHosts;
    private final int wildcardSlots;
    private final int wildcardLabels;
    private final int defaultRoot;

    RouteMatcher(UnsafeBuffer image) {
        this.image = image;
        exactHosts = image.getInt(RouteImage.EXACT_HOSTS_OFFSET);
        exactSlots = image.getInt(RouteImage.EXACT_SLOTS_OFFSET);
        wildcardHosts = image.getInt(RouteImage.WILDCARD_HOSTS_OFFSET);
        wildcardSlots = image.getInt(RouteImage.WILDCARD_SLOTS_OFFSET);
        wildcardLabels = image.getInt(RouteImage.WILDCARD_LABELS_OFFSET);
        defaultRoot = image.getInt(RouteImage.DEFAULT_ROOT_OFFSET);
    }

    /** Whether some route of the request's hosts, the most specific host first, takes it. */
    boolean matchHosts(RequestHead head, RouteMatch m) {
        int offset = head.hostOffset;
        int end = offset + head.hostLength;
        if (end > offset && head.bytes.getByte(end - 1) == '.') {
            end--; // a fully qualified name is the same host (RFC 3986, section 3.2.2)
        }
        if (end > offset && end - offset <= MAX_HOST_LENGTH) {
            int exact = findHost(exactHosts, exactSlots, head.bytes, offset, end - offset);
            if ((exact != 0 && enter(exact, false, head, m))
                    || (wildcardSlots != 0 && matchWildcards(offset, end, head, m))) {
                return true;
            }
        }
        if (defaultRoot == 0) {
            return false;
        }
        MatchTrace trace = m.trace;
        if (trace != null) {
            trace.host("*");
        }
        return walkRoot(defaultRoot, head, m);
    }

    private boolean matchWildcards(int offset, int end, RequestHead head, RouteMatch m) {
        int from = end;
        for (int labels = 0; from > offset + 1; from--) {
            if (head.bytes.getByte(from - 1) == '.' && ++labels > wildcardLabels) {
                break;
            }
        }
        // Only dots from here on can have a wildcard's suffix behind them; the longest comes first.
        for (int dot = from; dot < end; dot++) {
            if (head.bytes.getByte(dot) != '.') {
                continue;
            }
            int host = findHost(wildcardHosts, wildcardSlots, head.bytes, dot + 1, end - dot - 1);
            if (host != 0 && enter(host, true, head, m)) {
                return true;
            }
        }
        return false;
    }

    private int findHost(int table, int slots, UnsafeBuffer bytes, int offset, int length) {
        if (slots == 0) {
            return 0;
        }
        int hash = Words.foldedHash(bytes, offset, length);
        for (int slot = SlotLayout.first(hash, slots);
                slot >= 0;
                slot = SlotLayout.next(slot, slots)) {
            int host = SlotLayout.reference(image, table, slot);
            if (host == 0) {
                return 0;
            }
            if (SlotLayout.hash(image, table, slot) == hash
                    && image.getInt(host) == length
                    && Words.foldedEqual(
                            image, host + RecordLayout.HOST_TEXT_OFFSET, bytes, offset, length)) {
                return host;
            }
        }
        return 0;
    }

    private boolean enter(int host, boolean wildcard, RequestHead head, RouteMatch m) {
        MatchTrace trace = m.trace;
        if (trace != null) {
            Explanations.host(trace, image, host, wildcard);
        }
        return walkRoot(image.getInt(host + RecordLayout.HOST_ROOT_OFFSET), head, m);
    }

    private boolean walkRoot(int root, RequestHead head, RouteMatch m) {
        if (head.targetForm == RequestHead.ASTERISK_FORM) {
            return takeCatchAll(
                    root, m.end, head, m); // OPTIONS *: no path, so only "/*" speaks for it
        }
        return walk(root, m.begin == m.end ? m.end : m.begin + 1, head, m);
    }

    /**
     * Position is that of the next segment's first byte; beyond the end when there is no further
     * segment.
     */
    private boolean walk(int node, int position, RequestHead head, RouteMatch m) {
        if (position > m.end) {
            int leaf = NodeLayout.leaf(image, node);
            return leaf != 0 && choose(leaf, head, m);
        }
        int segmentEnd = Words.indexOfSlash(m.path, position, m.end);
        return walkLiteral(node, position, segmentEnd - position, head, m)
                || walkParameter(node, position, segmentEnd - position, head, m)
                || takeCatchAll(node, position, head, m);
    }

    private boolean walkLiteral(
            int node, int position, int length, RequestHead head, RouteMatch m) {
        int count = NodeLayout.slotCount(image, node);
        if (count == 0) {
            return false;
        }
        int table = NodeLayout.slots(image, node);
        int hash = Words.hash(m.path, position, length);
        for (int slot = SlotLayout.first(hash, count);
                slot >= 0;
                slot = SlotLayout.next(slot, count)) {
            int child = SlotLayout.reference(image, table, slot);
            if (child == 0) {
                return false;
            }
            if (SlotLayout.hash(image, table, slot) == hash && labelFits(child, position, m)) {
                return walk(child, position + NodeLayout.labelLength(image, child) + 1, head, m);
            }
        }
        return false;
    }

    private boolean labelFits(int child, int position, RouteMatch m) {
        int length = NodeLayout.labelLength(image, child);
        int labelEnd = position + length;
        return labelEnd <= m.end
                && (labelEnd == m.end || m.path.getByte(labelEnd) == '/')
                && Words.equal(image, NodeLayout.label(child), m.path, position, length);
    }

    private boolean walkParameter(
            int node, int position, int length, RequestHead head, RouteMatch m) {
        int child = NodeLayout.parameterChild(image, node);
        if (child == 0 || length == 0) {
            return false;
        }
        m.push(position, length);
        if (walk(child, position + length + 1, head, m)) {
            return true;
        }
        m.pop();
        return false;
    }

    private boolean takeCatchAll(int node, int position, RequestHead head, RouteMatch m) {
        int leaf = NodeLayout.catchAll(image, node);
        if (leaf == 0) {
            return false;
        }
        m.push(position, m.end - position);
        if (choose(leaf, head, m)) {
            return true;
        }
        m.pop();
        return false;
    }

    private boolean choose(int leaf, RequestHead head, RouteMatch m) {
        for (int i = 0, count = LeafLayout.count(image, leaf); i < count; i++) {
            int candidate = LeafLayout.candidate(leaf, i);
            int methods = LeafLayout.methods(image, candidate);
            int tests = LeafLayout.tests(image, candidate);
            if (!RouteTests.admits(image, methods, tests, head)) {
                m.allowedMethods |= methods;
                tell(m.trace, candidate, -1);
                continue;
            }
            m.methodMatched = true;
            int failure = tests == 0 ? 0 : RouteTests.firstFailure(image, tests, head);
            tell(m.trace, candidate, failure);
            if (failure == 0) {
                m.route = LeafLayout.route(image, candidate);
                return true;
            }
        }
        return false;
    }

    private void tell(@Nullable MatchTrace trace, int candidate, int failure) {
        if (trace != null) {
            Explanations.candidate(trace, image, candidate, failure);
        }
    }
}
