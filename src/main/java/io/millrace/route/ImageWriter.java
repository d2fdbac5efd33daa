package io.millrace.route;

import io.millrace.config.RespondConfig;
import io.millrace.config.RouteConfig;
import io.millrace.config.files.FilesConfig;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes one route image, children before their parents; used by the conductor. */
@OwnedBy(Role.CONDUCTOR)
final class ImageWriter {
    private final ExpandableArrayBuffer out = new ExpandableArrayBuffer(1 << 16);
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final List<RouteConfig> routes;
    private final RouteTree tree;
    private final int[] tests;
    private final Map<String, Integer> texts = new HashMap<>();
    private int position = RouteImage.HEADER_LENGTH;

    /** Routes with files are numbered in the order of the routes, as the snapshot's sites are. */
    private int sites;

    ImageWriter(List<RouteConfig> routes, RouteTree tree) {
        this.routes = routes;
        this.tree = tree;
        tests = new int[routes.size()];
    }

    UnsafeBuffer write(List<String> upstreams) {
        for (int i = 0; i < tests.length; i++) {
            tests[i] = tests(tree.candidate(i));
        }
        hosts(HostPattern.Kind.EXACT, RouteImage.EXACT_HOSTS_OFFSET);
        hosts(HostPattern.Kind.WILDCARD, RouteImage.WILDCARD_HOSTS_OFFSET);
        TreeNode any = tree.roots().get(HostPattern.ANY);
        out.putInt(RouteImage.DEFAULT_ROOT_OFFSET, any == null ? 0 : node("", any));
        records(upstreams);
        out.putInt(RouteImage.UPSTREAMS_OFFSET, texts(upstreams));
        out.putInt(RouteImage.UPSTREAM_COUNT_OFFSET, upstreams.size());
        byte[] bytes = new byte[position];
        out.getBytes(0, bytes);
        UnsafeBuffer image = new UnsafeBuffer(bytes);
        RouteImage.seal(image, position);
        return image;
    }

    private void hosts(HostPattern.Kind kind, int headerOffset) {
        List<Integer> records = new ArrayList<>();
        int labels = 0;
        for (Map.Entry<HostPattern, TreeNode> entry : tree.roots().entrySet()) {
            HostPattern host = entry.getKey();
            if (host.kind() == kind) {
                int root = node("", entry.getValue());
                byte[] text = bytes(host.text());
                int record = allocate(RecordLayout.HOST_TEXT_OFFSET + text.length);
                out.putInt(record, text.length);
                out.putInt(record + RecordLayout.HOST_ROOT_OFFSET, root);
                out.putBytes(record + RecordLayout.HOST_TEXT_OFFSET, text);
                records.add(record);
                labels = Math.max(labels, host.labels());
            }
        }
        int slots = RouteImage.slots(records.size());
        int table = allocate(slots * SlotLayout.STRIDE);
        for (int record : records) {
            insert(
                    table,
                    slots,
                    record + RecordLayout.HOST_TEXT_OFFSET,
                    out.getInt(record),
                    record);
        }
        out.putInt(headerOffset, table);
        out.putInt(headerOffset + 4, slots);
        if (kind == HostPattern.Kind.WILDCARD) {
            out.putInt(RouteImage.WILDCARD_LABELS_OFFSET, labels);
        }
    }

    private int node(String label, TreeNode node) {
        Map<String, TreeNode> literals = node.literals();
        int[] children = new int[literals.size()];
        int[] firstLengths = new int[literals.size()];
        int count = 0;
        for (Map.Entry<String, TreeNode> entry : literals.entrySet()) {
            firstLengths[count] = entry.getKey().length(); // normalised literals are ASCII
            children[count++] = passage(entry.getKey(), entry.getValue());
        }
        int parameter = node.parameter == null ? 0 : node("", node.parameter);
        byte[] text = bytes(label);
        int offset = allocate(NodeLayout.LABEL_OFFSET + text.length);
        out.putInt(offset, text.length);
        out.putBytes(NodeLayout.label(offset), text);
        out.putInt(offset + NodeLayout.PARAMETER_OFFSET, parameter);
        out.putInt(offset + NodeLayout.LEAF_OFFSET, leaf(node.leaf));
        out.putInt(offset + NodeLayout.CATCH_ALL_OFFSET, leaf(node.catchAll));
        int slots = RouteImage.slots(count);
        int table = allocate(slots * SlotLayout.STRIDE);
        out.putInt(offset + NodeLayout.SLOT_COUNT_OFFSET, slots);
        out.putInt(offset + NodeLayout.SLOTS_OFFSET, table);
        for (int i = 0; i < count; i++) {
            insert(table, slots, NodeLayout.label(children[i]), firstLengths[i], children[i]);
        }
        return offset;
    }

    /** Joins the labels of nodes that only lead on. */
    private int passage(String first, TreeNode start) {
        StringBuilder label = new StringBuilder(first);
        TreeNode node = start;
        while (node.isPassage()) {
            Map.Entry<String, TreeNode> only = node.literals().entrySet().iterator().next();
            label.append('/').append(only.getKey());
            node = only.getValue();
        }
        return node(label.toString(), node);
    }

    private int leaf(List<Candidate> candidates) {
        if (candidates.isEmpty()) {
            return 0;
        }
        int leaf = allocate(LeafLayout.length(candidates.size()));
        out.putInt(leaf, candidates.size());
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            int entry = LeafLayout.candidate(leaf, i);
            out.putInt(entry, candidate.route());
            out.putInt(entry + LeafLayout.METHODS_OFFSET, candidate.methods());
            out.putInt(entry + LeafLayout.TESTS_OFFSET, tests[candidate.route()]);
        }
        return leaf;
    }

    private int tests(Candidate candidate) {
        if (candidate.isPlain()) {
            return 0;
        }
        int methods = candidate.furtherMethods().size();
        int count = methods + candidate.headers().size() + candidate.query().size();
        int record = allocate(TestLayout.length(count));
        out.putInt(record, methods);
        out.putInt(record + TestLayout.HEADERS_OFFSET, candidate.headers().size());
        out.putInt(record + TestLayout.QUERY_OFFSET, candidate.query().size());
        int index = 0;
        for (String method : candidate.furtherMethods()) {
            pooled(TestLayout.entry(record, index++) + TestLayout.NAME_OFFSET, method);
        }
        for (FieldTest test : candidate.headers()) {
            test(TestLayout.entry(record, index++), test);
        }
        for (FieldTest test : candidate.query()) {
            test(TestLayout.entry(record, index++), test);
        }
        return record;
    }

    private void test(int entry, FieldTest test) {
        out.putInt(entry, test.kind());
        pooled(entry + TestLayout.NAME_OFFSET, test.name());
        pooled(entry + TestLayout.VALUE_OFFSET, test.value());
    }

    private void records(List<String> upstreams) {
        Map<String, Integer> numbers = new HashMap<>();
        for (int i = 0; i < upstreams.size(); i++) {
            numbers.put(upstreams.get(i), i);
        }
        int table = allocate(routes.size() * RecordLayout.STRIDE);
        for (int i = 0; i < routes.size(); i++) {
            record(table + i * RecordLayout.STRIDE, i, numbers);
        }
        out.putInt(RouteImage.ROUTES_OFFSET, table);
        out.putInt(RouteImage.ROUTE_COUNT_OFFSET, routes.size());
    }

    private void record(int record, int index, Map<String, Integer> upstreams) {
        RouteConfig route = routes.get(index);
        text(record + RecordLayout.NAME_OFFSET, route.name());
        text(record + RecordLayout.PATTERN_OFFSET, route.path());
        int upstream = -1;
        if (route.upstream() != null) {
            upstream = Objects.requireNonNull(upstreams.get(route.upstream()));
        }
        out.putInt(record + RecordLayout.UPSTREAM_OFFSET, upstream);
        FilesConfig files = route.files();
        out.putInt(record + RecordLayout.SITE_OFFSET, files == null ? -1 : sites++);
        if (files != null) {
            pooled(record + RecordLayout.ROOT_OFFSET, files.root().toString());
        }
        RespondConfig respond = route.respond();
        if (upstream < 0 && respond != null) {
            out.putInt(record + RecordLayout.STATUS_OFFSET, respond.status());
            pooled(record + RecordLayout.BODY_OFFSET, respond.body());
            pooled(record + RecordLayout.CONTENT_TYPE_OFFSET, respond.contentType());
        }
        out.putInt(record + RecordLayout.METHODS_OFFSET, tree.candidate(index).methods());
        out.putInt(record + RecordLayout.TESTS_OFFSET, tests[index]);
        List<String> hosts = tree.hosts(index).stream().map(HostPattern::toString).toList();
        out.putInt(record + RecordLayout.HOSTS_OFFSET, texts(hosts));
        out.putInt(record + RecordLayout.HOST_COUNT_OFFSET, hosts.size());
    }

    private int texts(List<String> values) {
        int list = allocate(values.size() * RecordLayout.TEXT_STRIDE);
        for (int i = 0; i < values.size(); i++) {
            pooled(list + i * RecordLayout.TEXT_STRIDE, values.get(i));
        }
        return list;
    }

    /** Writes a text and refers to it at {@code pair}. */
    private void text(int pair, String value) {
        byte[] text = bytes(value);
        int offset = allocate(text.length);
        out.putBytes(offset, text);
        out.putInt(pair, offset);
        out.putInt(pair + 4, text.length);
    }

    /** As {@link #text}, but equal texts are stored once. */
    private void pooled(int pair, String value) {
        Integer known = texts.get(value);
        if (known == null) {
            text(pair, value);
            texts.put(value, pair);
        } else {
            out.putLong(pair, out.getLong(known));
        }
    }

    private void insert(int table, int slots, int key, int keyLength, int reference) {
        view.wrap(out.byteArray());
        SlotLayout.insert(out, table, slots, Words.hash(view, key, keyLength), reference);
    }

    private int allocate(int length) {
        int offset = position;
        position = Math.addExact(offset, RouteImage.align(length));
        out.checkLimit(position + Long.BYTES);
        return offset;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
