package io.millrace.route;

import static org.assertj.core.api.Assertions.fail;

import io.millrace.config.RouteConfig;
import io.millrace.config.ValueTest;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Compares the table with {@link NaiveRoutes} over a small alphabet, where things collide often.
 */
final class RouteTablePropertyTest {
    /** One request to ask; immutable. */
    record Request(String method, String host, String path, String query, List<String> fields) {}

    @Property(tries = 500, shrinking = ShrinkingMode.BOUNDED)
    void shouldAnswerAsTheNaiveModelDoes(
            @ForAll("routeSets") List<RouteConfig> routes,
            @ForAll("requests") List<Request> requests) {
        List<RouteConfig> sound = new ArrayList<>(routes);
        for (List<RouteProblem> found = RouteCompiler.problems(sound);
                !found.isEmpty();
                found = RouteCompiler.problems(sound)) {
            sound.remove(found.getLast().route());
        }
        RouteTable table = new RouteTable(RouteCompiler.compile(sound, List.of("app")));
        NaiveRoutes naive = new NaiveRoutes(sound);
        RouteMatch match = new RouteMatch();
        for (Request r : requests) {
            String target = r.query.isEmpty() ? r.path : r.path + '?' + r.query;
            RequestHead head = Requests.head(r.method, r.host, target, r.fields);
            String answer =
                    switch (table.match(
                            head, head.bytes, head.pathOffset, head.pathLength, match)) {
                        case RouteTable.FOUND -> table.name(match.route) + captured(match, r.path);
                        case RouteTable.NOT_FOUND -> "404";
                        default -> "405 " + Integer.toBinaryString(match.allowedMethods);
                    };
            Set<String> right = naive.answers(r.method, r.host, r.path, r.query, r.fields);
            if (!right.contains(answer)) { // describing every comparison took most of the time
                fail("%s instead of %s for %s among %s", answer, right, r, sound);
            }
        }
    }

    @Provide
    Arbitrary<List<RouteConfig>> routeSets() {
        Arbitrary<RouteConfig> route =
                Combinators.combine(
                                Arbitraries.of("", "a.b", "c.a.b", "*.b", "*.a.b")
                                        .list()
                                        .uniqueElements()
                                        .ofMaxSize(2),
                                paths("p", ":x", "q", ""),
                                Arbitraries.of(true, false, false),
                                Arbitraries.of("GET", "PUT", "LINK")
                                        .list()
                                        .uniqueElements()
                                        .ofMaxSize(2),
                                tests(),
                                tests())
                        .as(RouteTablePropertyTest::route);
        return route.list().ofMaxSize(14).map(RouteTablePropertyTest::named);
    }

    @Provide
    Arbitrary<List<Request>> requests() {
        Arbitrary<Request> request =
                Combinators.combine(
                                Arbitraries.of("GET", "PUT", "LINK", "POST", "LOCK"),
                                Arbitraries.of("a.b", "C.A.b", "d.c.a.b", "x.b", "b", "z", ""),
                                paths("p", "q", "r", ""),
                                Arbitraries.of("", "h=1", "h=12&k", "k=1&h=2&h=1"),
                                Arbitraries.of("h: 1", "H: 12", "k: 1", "K: 2").list().ofMaxSize(3))
                        .as(Request::new);
        return request.list().ofMinSize(5).ofMaxSize(20);
    }

    private static Arbitrary<String> paths(String... segments) {
        return Arbitraries.of(segments)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(parts -> "/" + String.join("/", parts));
    }

    private static Arbitrary<Map<String, ValueTest>> tests() {
        Arbitrary<ValueTest> test =
                Arbitraries.of(
                        new ValueTest.Exact("1"),
                        new ValueTest.Prefix("1"),
                        new ValueTest.Present(true),
                        new ValueTest.Present(false));
        return Arbitraries.maps(Arbitraries.of("h", "k"), test)
                .ofMaxSize(2)
                .injectDuplicates(0.1)
                .optional(0.4)
                .map(some -> some.orElse(Map.of()));
    }

    private static RouteConfig route(
            List<String> hosts,
            String path,
            boolean catchAll,
            List<String> methods,
            Map<String, ValueTest> headers,
            Map<String, ValueTest> query) {
        StringBuilder unique = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            unique.append(path.charAt(i) == 'x' ? "x" + i : String.valueOf(path.charAt(i)));
        }
        if (catchAll) {
            unique.append("/*");
        }
        List<String> named = hosts.stream().map(host -> host.isEmpty() ? "*" : host).toList();
        return new RouteConfig(
                "",
                named,
                unique.toString(),
                methods,
                headers,
                query,
                "app",
                null,
                null,
                List.of(),
                FiltersConfig.NONE);
    }

    private static List<RouteConfig> named(List<RouteConfig> routes) {
        List<RouteConfig> named = new ArrayList<>();
        for (RouteConfig r : routes) {
            named.add(
                    new RouteConfig(
                            "r" + named.size(),
                            r.hosts(),
                            r.path(),
                            r.methods(),
                            r.headers(),
                            r.query(),
                            r.upstream(),
                            r.respond(),
                            r.files(),
                            List.of(),
                            FiltersConfig.NONE));
        }
        return named;
    }

    private static String captured(RouteMatch match, String path) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < match.parameterCount; i++) {
            int from = match.parameterOffset(i);
            text.append(" [").append(path, from, from + match.parameterLength(i)).append(']');
        }
        return text.toString();
    }
}
