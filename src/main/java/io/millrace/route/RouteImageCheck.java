package io.millrace.route;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Walks a whole image once and refuses it when a reference leads outside of it or back; used by
 * whoever opens a table.
 *
 * <p>Children are written before their parents, so a child that does not lie before its parent is
 * an error, and no damaged image can send a look-up round in a circle. The checksum finds damage by
 * accident; this finds an image that was written wrong.
 */
@OwnedBy(Role.ANY)
final class RouteImageCheck {
    private final UnsafeBuffer image;
    private final int routeCount;

    private RouteImageCheck(UnsafeBuffer image) {
        this.image = image;
        routeCount = image.getInt(RouteImage.ROUTE_COUNT_OFFSET);
    }

    /** Throws {@link IllegalArgumentException} unless every reference is sound. */
    static void check(UnsafeBuffer image) {
        new RouteImageCheck(image).all();
    }

    private void all() {
        int routes = image.getInt(RouteImage.ROUTES_OFFSET);
        range("route table", routes, routeCount, RecordLayout.STRIDE);
        int upstreamCount = image.getInt(RouteImage.UPSTREAM_COUNT_OFFSET);
        texts("upstreams", image.getInt(RouteImage.UPSTREAMS_OFFSET), upstreamCount);
        for (int i = 0; i < routeCount; i++) {
            record(routes + i * RecordLayout.STRIDE, upstreamCount);
        }
        hosts(RouteImage.EXACT_HOSTS_OFFSET);
        hosts(RouteImage.WILDCARD_HOSTS_OFFSET);
        int root = image.getInt(RouteImage.DEFAULT_ROOT_OFFSET);
        if (root != 0) {
            node(root, image.capacity(), 0);
        }
    }

    private void record(int record, int upstreamCount) {
        text("name", record + RecordLayout.NAME_OFFSET);
        text("path", record + RecordLayout.PATTERN_OFFSET);
        text("content type", record + RecordLayout.CONTENT_TYPE_OFFSET);
        text("body", record + RecordLayout.BODY_OFFSET);
        int upstream = image.getInt(record + RecordLayout.UPSTREAM_OFFSET);
        require(upstream >= -1 && upstream < upstreamCount, "upstream", upstream);
        text("root", record + RecordLayout.ROOT_OFFSET);
        int site = image.getInt(record + RecordLayout.SITE_OFFSET);
        require(site >= -1 && site < routeCount, "site", site);
        tests(image.getInt(record + RecordLayout.TESTS_OFFSET));
        texts(
                "hosts",
                image.getInt(record + RecordLayout.HOSTS_OFFSET),
                image.getInt(record + RecordLayout.HOST_COUNT_OFFSET));
    }

    private void hosts(int headerOffset) {
        int table = image.getInt(headerOffset);
        int slots = image.getInt(headerOffset + 4);
        slotTable(table, slots);
        for (int slot = 0; slot < slots; slot++) {
            int host = SlotLayout.reference(image, table, slot);
            if (host != 0) {
                range("host", host, 1, RecordLayout.HOST_TEXT_OFFSET);
                range("host", host + RecordLayout.HOST_TEXT_OFFSET, image.getInt(host), 1);
                node(image.getInt(host + RecordLayout.HOST_ROOT_OFFSET), host, 0);
            }
        }
    }

    private void node(int node, int parent, int depth) {
        require(node < parent && depth <= PathPattern.MAX_SEGMENTS + 1, "node", node);
        range("node", node, 1, NodeLayout.LABEL_OFFSET);
        range("label", NodeLayout.label(node), NodeLayout.labelLength(image, node), 1);
        leaf(NodeLayout.leaf(image, node));
        leaf(NodeLayout.catchAll(image, node));
        int parameter = NodeLayout.parameterChild(image, node);
        if (parameter != 0) {
            node(parameter, node, depth + 1);
        }
        int slots = NodeLayout.slotCount(image, node);
        int table = NodeLayout.slots(image, node);
        slotTable(table, slots);
        for (int slot = 0; slot < slots; slot++) {
            int child = SlotLayout.reference(image, table, slot);
            if (child != 0) {
                node(child, node, depth + 1);
            }
        }
    }

    /** A probed table needs an empty slot: searches for what is not there end at one. */
    private void slotTable(int table, int slots) {
        range("slots", table, slots, SlotLayout.STRIDE);
        if (slots > SlotLayout.LINEAR) {
            int used = 0;
            for (int slot = 0; slot < slots; slot++) {
                used += SlotLayout.reference(image, table, slot) == 0 ? 0 : 1;
            }
            require(Integer.bitCount(slots) == 1 && used < slots, "slots", table);
        }
    }

    private void leaf(int leaf) {
        if (leaf == 0) {
            return;
        }
        range("leaf", leaf, 1, LeafLayout.HEADER_LENGTH);
        int count = LeafLayout.count(image, leaf);
        range("leaf", LeafLayout.candidate(leaf, 0), count, LeafLayout.STRIDE);
        for (int i = 0; i < count; i++) {
            int candidate = LeafLayout.candidate(leaf, i);
            int route = LeafLayout.route(image, candidate);
            require(route >= 0 && route < routeCount, "route", route);
            tests(LeafLayout.tests(image, candidate));
        }
    }

    private void tests(int tests) {
        if (tests == 0) {
            return;
        }
        range("tests", tests, 1, TestLayout.HEADER_LENGTH);
        int methods = TestLayout.methodCount(image, tests);
        int headers = TestLayout.headerCount(image, tests);
        int query = TestLayout.queryCount(image, tests);
        int entries = TestLayout.entry(tests, 0);
        range("tests", entries, methods, TestLayout.STRIDE);
        range("tests", entries, headers, TestLayout.STRIDE);
        range("tests", entries, query, TestLayout.STRIDE);
        int count = methods + headers + query;
        range("tests", entries, count, TestLayout.STRIDE);
        for (int i = 0; i < count; i++) {
            text("test", TestLayout.entry(tests, i) + TestLayout.NAME_OFFSET);
            text("test", TestLayout.entry(tests, i) + TestLayout.VALUE_OFFSET);
        }
    }

    private void texts(String what, int list, int count) {
        range(what, list, count, RecordLayout.TEXT_STRIDE);
        for (int i = 0; i < count; i++) {
            text(what, list + i * RecordLayout.TEXT_STRIDE);
        }
    }

    private void text(String what, int pair) {
        range(what, image.getInt(pair), image.getInt(pair + 4), 1);
    }

    private void range(String what, int offset, int count, int stride) {
        boolean sound =
                offset >= 0 && count >= 0 && offset + (long) count * stride <= image.capacity();
        require(sound, what, offset);
    }

    private static void require(boolean sound, String what, int value) {
        if (!sound) {
            throw new IllegalArgumentException(
                    "the route image is damaged: bad reference " + value + " (" + what + ")");
        }
    }
}
