package io.millrace.route;

import io.millrace.http.MethodId;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A route in words, read back out of an image; immutable, safe from any thread.
 *
 * @param hosts {@code *} alone for any host
 * @param path the pattern as written
 * @param parameters names of the path parameters in order; a catch-all's is {@code *}
 * @param methods empty for any
 * @param headers tests as in {@code x-version = "v1"}
 * @param query tests, written likewise
 * @param upstream empty when the route answers by itself
 * @param respondStatus 0 when the route has no fixed answer
 * @param filesRoot the directory whose files the route serves, empty when it serves none
 */
@OwnedBy(Role.ANY)
public record RouteDescription(
        String name,
        List<String> hosts,
        String path,
        List<String> parameters,
        List<String> methods,
        List<String> headers,
        List<String> query,
        String upstream,
        int respondStatus,
        String filesRoot) {

    /**
     * Where requests go, for people: {@code upstream users}, {@code files /srv/www} or {@code
     * responds 200}.
     */
    public String target() {
        if (!filesRoot.isEmpty()) {
            return "files " + filesRoot;
        }
        return upstream.isEmpty() ? "responds " + respondStatus : "upstream " + upstream;
    }

    static RouteDescription read(RouteTable table, int entry, int route) {
        UnsafeBuffer image = table.image();
        List<String> hosts = new ArrayList<>();
        int list = image.getInt(entry + RecordLayout.HOSTS_OFFSET);
        for (int i = 0; i < image.getInt(entry + RecordLayout.HOST_COUNT_OFFSET); i++) {
            hosts.add(RecordLayout.text(image, list + i * RecordLayout.TEXT_STRIDE));
        }
        List<String> methods = knownMethods(image.getInt(entry + RecordLayout.METHODS_OFFSET));
        List<String> headers = new ArrayList<>();
        List<String> query = new ArrayList<>();
        int tests = image.getInt(entry + RecordLayout.TESTS_OFFSET);
        if (tests != 0) {
            int index = 0;
            while (index < TestLayout.methodCount(image, tests)) {
                int method = TestLayout.entry(tests, index++);
                methods.add(RecordLayout.text(image, method + TestLayout.NAME_OFFSET));
            }
            for (int i = 0; i < TestLayout.headerCount(image, tests); i++) {
                headers.add(Explanations.test(image, TestLayout.entry(tests, index++)));
            }
            for (int i = 0; i < TestLayout.queryCount(image, tests); i++) {
                query.add(Explanations.test(image, TestLayout.entry(tests, index++)));
            }
        }
        String path = RecordLayout.text(image, entry + RecordLayout.PATTERN_OFFSET);
        return new RouteDescription(
                table.name(route),
                List.copyOf(hosts),
                path,
                PathPattern.parse(path).parameters(),
                List.copyOf(methods),
                List.copyOf(headers),
                List.copyOf(query),
                table.upstreamName(route),
                table.respondStatus(route),
                table.filesRoot(route));
    }

    private static List<String> knownMethods(int methods) {
        List<String> names = new ArrayList<>();
        for (int id = 1; id < MethodId.COUNT; id++) {
            if ((methods & 1 << id) != 0) {
                names.add(MethodId.name(id));
            }
        }
        return names;
    }
}
