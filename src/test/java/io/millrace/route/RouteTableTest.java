package io.millrace.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.RespondConfig;
import io.millrace.config.RouteConfig;
import io.millrace.config.ValueTest;
import io.millrace.config.files.FilesConfig;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RouteTableTest {
    private final List<RouteConfig> routes = new ArrayList<>();
    private final RouteMatch match = new RouteMatch();

    @Test
    void shouldPreferLiteralToParameterAndParameterToCatchAll() {
        route("rest", "/user/*");
        route("one", "/user/:id");
        route("me", "/user/me");

        assertThat(get("/user/me")).isEqualTo("me");
        assertThat(get("/user/7")).isEqualTo("one");
        assertThat(get("/user/7/mail")).isEqualTo("rest");
        assertThat(get("/users")).isEqualTo("404");
    }

    @Test
    void shouldTakeNothingAfterTheSlashAsCatchAllButNotTheMissingSlash() {
        route("static", "/static/*");

        assertThat(get("/static/")).isEqualTo("static");
        assertThat(get("/static/a/b")).isEqualTo("static");
        assertThat(get("/static")).isEqualTo("404");
    }

    @Test
    void shouldTakeEveryPathByTheRootCatchAllAlsoNone() {
        route("all", "/*");

        assertThat(get("/")).isEqualTo("all");
        assertThat(get("")).isEqualTo("all");
        assertThat(ask("OPTIONS", "x", "*")).isEqualTo("all");
    }

    @Test
    void shouldNotTakeTheAsteriskByARootPath() {
        route("root", "/");

        assertThat(get("")).isEqualTo("root");
        assertThat(ask("OPTIONS", "x", "*")).isEqualTo("404");
    }

    @Test
    void shouldDistinguishTrailingAndDoubledSlashes() {
        route("plain", "/a");
        route("slash", "/a/");
        route("double", "/a//b");

        assertThat(get("/a")).isEqualTo("plain");
        assertThat(get("/a/")).isEqualTo("slash");
        assertThat(get("/a//b")).isEqualTo("double");
        assertThat(get("/a/b")).isEqualTo("404");
    }

    @Test
    void shouldNotTakeAnEmptySegmentAsParameter() {
        route("one", "/user/:id");

        assertThat(get("/user/")).isEqualTo("404");
        assertThat(get("/user//")).isEqualTo("404");
    }

    @Test
    void shouldBacktrackWhereTheMoreSpecificBranchEnds() {
        route("deep", "/a/b/c/d");
        route("param", "/a/:x/c/e");
        route("rest", "/:y/*");

        assertThat(get("/a/b/c/d")).isEqualTo("deep");
        assertThat(get("/a/b/c/e")).isEqualTo("param");
        assertThat(parameters("/a/b/c/e")).containsExactly("b");
        assertThat(get("/a/b/c/f")).isEqualTo("rest");
        assertThat(parameters("/a/b/c/f")).containsExactly("a", "b/c/f");
    }

    @Test
    void shouldBacktrackToALessSpecificPathWhenMethodOrTestsFail() {
        add("exact", List.of(), "/v/x", List.of("POST"), Map.of(), Map.of());
        add(
                "param",
                List.of(),
                "/v/:p",
                List.of(),
                Map.of("x-a", new ValueTest.Exact("1")),
                Map.of());
        route("rest", "/v/*");

        assertThat(ask("POST", "h", "/v/x")).isEqualTo("exact");
        assertThat(ask("GET", "h", "/v/x", "X-A: 1")).isEqualTo("param");
        assertThat(ask("GET", "h", "/v/x", "X-A: 2")).isEqualTo("rest");
    }

    @Test
    void shouldChooseExactHostThenLongestWildcardThenDefault() {
        host("exact", "api.example.com", "/*");
        host("wild", "*.example.com", "/*");
        host("longer", "*.eu.example.com", "/*");
        route("any", "/*");

        assertThat(ask("GET", "API.example.COM", "/")).isEqualTo("exact");
        assertThat(ask("GET", "api.example.com.", "/")).isEqualTo("exact");
        assertThat(ask("GET", "www.example.com", "/")).isEqualTo("wild");
        assertThat(ask("GET", "a.b.example.com", "/")).isEqualTo("wild");
        assertThat(ask("GET", "a.EU.example.com", "/")).isEqualTo("longer");
        assertThat(ask("GET", "x.y.z.eu.example.com", "/")).isEqualTo("longer");
        assertThat(ask("GET", "eu.example.com", "/")).isEqualTo("wild");
        assertThat(ask("GET", "example.com", "/")).isEqualTo("any");
        assertThat(ask("GET", ".example.com", "/")).isEqualTo("any");
        assertThat(ask("GET", "badexample.com", "/")).isEqualTo("any");
        assertThat(ask("GET", "", "/")).isEqualTo("any");
    }

    @Test
    void shouldFallBackToLessSpecificHostsWhenNothingMatchedThere() {
        host("exact", "api.example.com", "/only");
        host("wild", "*.example.com", "/wild");
        route("any", "/any");

        assertThat(ask("GET", "api.example.com", "/wild")).isEqualTo("wild");
        assertThat(ask("GET", "api.example.com", "/any")).isEqualTo("any");
        assertThat(ask("GET", "api.example.com", "/none")).isEqualTo("404");
    }

    @Test
    void shouldReportAllowedMethodsWhenOnlyTheMethodFails() {
        add("read", List.of(), "/r", List.of("GET", "HEAD"), Map.of(), Map.of());
        add("write", List.of(), "/:x", List.of("PUT"), Map.of(), Map.of());

        assertThat(ask("DELETE", "h", "/r")).isEqualTo("405");
        assertThat(match.allowedMethods)
                .isEqualTo(1 << MethodId.GET | 1 << MethodId.HEAD | 1 << MethodId.PUT);
        assertThat(ask("DELETE", "h", "/r/s")).isEqualTo("404");
    }

    @Test
    void shouldAnswerNotFoundWhenTheMethodMatchedButATestFailed() {
        add(
                "read",
                List.of(),
                "/r",
                List.of("GET"),
                Map.of("a", new ValueTest.Present(true)),
                Map.of());
        add("write", List.of(), "/r", List.of("PUT"), Map.of(), Map.of());

        assertThat(ask("GET", "h", "/r")).isEqualTo("404");
        assertThat(ask("DELETE", "h", "/r")).isEqualTo("405");
    }

    @Test
    void shouldServeHeadOnlyWhereItIsListed() {
        add("read", List.of(), "/r", List.of("GET"), Map.of(), Map.of());

        assertThat(ask("HEAD", "h", "/r")).isEqualTo("405");
    }

    @Test
    void shouldCompareFurtherMethodsByName() {
        add("dav", List.of(), "/r", List.of("PROPFIND", "GET"), Map.of(), Map.of());

        assertThat(ask("PROPFIND", "h", "/r")).isEqualTo("dav");
        assertThat(ask("GET", "h", "/r")).isEqualTo("dav");
        assertThat(ask("PROPPATCH", "h", "/r")).isEqualTo("405");
        assertThat(ask("propfind", "h", "/r")).isEqualTo("405");
    }

    @Test
    void shouldOrderCandidatesBySpecificityNotByDeclaration() {
        route("plain", "/p");
        add("query", List.of(), "/p", List.of(), Map.of(), Map.of("q", new ValueTest.Exact("1")));
        add("one", List.of(), "/p", List.of(), Map.of("a", new ValueTest.Exact("1")), Map.of());
        add("prefix", List.of(), "/p", List.of(), Map.of("a", new ValueTest.Prefix("1")), Map.of());
        add(
                "both",
                List.of(),
                "/p",
                List.of(),
                Map.of("a", new ValueTest.Exact("1"), "b", new ValueTest.Exact("2")),
                Map.of());
        add(
                "get",
                List.of(),
                "/p",
                List.of("GET"),
                Map.of("c", new ValueTest.Present(true)),
                Map.of());

        for (int turn = 0; turn < routes.size(); turn++) {
            Collections.rotate(routes, 1);
            String a = "a: 1";
            String b = "B: 2";
            String c = "c: ";
            assertThat(ask("GET", "h", "/p")).isEqualTo("plain");
            assertThat(ask("GET", "h", "/p?x&q=1")).isEqualTo("query");
            assertThat(ask("GET", "h", "/p?q=1", a)).isEqualTo("one");
            assertThat(ask("GET", "h", "/p", "a: 12")).isEqualTo("prefix");
            assertThat(ask("GET", "h", "/p", a, b)).isEqualTo("both");
            assertThat(ask("GET", "h", "/p", a, b, c)).isEqualTo("get");
            assertThat(ask("PUT", "h", "/p", a, b, c)).isEqualTo("both");
        }
    }

    @Test
    void shouldPassATestWhenAnyOfSeveralValuesPasses() {
        add(
                "v",
                List.of(),
                "/p",
                List.of(),
                Map.of("a", new ValueTest.Exact("2")),
                Map.of("q", new ValueTest.Exact("b")));

        String first = "a: 1";
        String second = "A: 2";
        assertThat(ask("GET", "h", "/p?q=a&q=b", first, second)).isEqualTo("v");
        assertThat(ask("GET", "h", "/p?q=a&q=bb", first, second)).isEqualTo("404");
        assertThat(ask("GET", "h", "/p?qq=b", second)).isEqualTo("404");
        assertThat(ask("GET", "h", "/p?q=b", first)).isEqualTo("404");
    }

    @Test
    void shouldTestForAbsence() {
        add(
                "none",
                List.of(),
                "/p",
                List.of(),
                Map.of("a", new ValueTest.Present(false)),
                Map.of("q", new ValueTest.Present(false)));

        assertThat(ask("GET", "h", "/p")).isEqualTo("none");
        assertThat(ask("GET", "h", "/p?r")).isEqualTo("none");
        assertThat(ask("GET", "h", "/p?q")).isEqualTo("404");
        assertThat(ask("GET", "h", "/p", "a: ")).isEqualTo("404");
    }

    @Test
    void shouldCompareLiteralsInNormalisedForm() {
        route("umlaut", "/caf\u00e9/%7euser/a%2fb");

        assertThat(get("/caf%C3%A9/~user/a%2Fb")).isEqualTo("umlaut");
        assertThat(get("/caf%C3%A9/~user/a/b")).isEqualTo("404");
    }

    @Test
    void shouldFindEachOfManySiblings() {
        for (int i = 0; i < 1000; i++) {
            route("r" + i, "/api/item-" + i + (i % 2 == 0 ? "" : "/:id/detail"));
        }
        RouteTable table = table();
        for (int i = 0; i < 1000; i++) {
            String path = "/api/item-" + i + (i % 2 == 0 ? "" : "/77/detail");
            assertThat(result(table, Requests.head("GET", "h", path, List.of())))
                    .isEqualTo("r" + i);
        }
        assertThat(result(table, Requests.head("GET", "h", "/api/item-1000", List.of())))
                .isEqualTo("404");
    }

    @Test
    void shouldDescribeTargets() {
        routes.add(
                new RouteConfig(
                        "fixed",
                        List.of(),
                        "/hi",
                        List.of(),
                        Map.of(),
                        Map.of(),
                        null,
                        new RespondConfig(201, "h\u00e9\n", "text/plain"),
                        null,
                        List.of(),
                        FiltersConfig.NONE));
        route("proxied", "/p");

        RouteTable table = table();

        assertThat(table.routeCount()).isEqualTo(2);
        assertThat(table.upstream(0)).isEqualTo(-1);
        assertThat(table.respondStatus(0)).isEqualTo(201);
        byte[] body = new byte[table.respondBodyLength(0)];
        table.image().getBytes(table.respondBodyOffset(0), body);
        assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo("h\u00e9\n");
        assertThat(
                        table.image()
                                .getStringWithoutLengthAscii(
                                        table.contentTypeOffset(0), table.contentTypeLength(0)))
                .isEqualTo("text/plain");
        assertThat(table.upstream(1)).isEqualTo(1);
        assertThat(table.upstreamName(1)).isEqualTo("app");
        assertThat(table.respondStatus(1)).isZero();
    }

    @Test
    void shouldNumberTheSitesInTheOrderOfTheirRoutes() {
        files("one", "/one/*", "/srv/one");
        route("proxied", "/p");
        files("two", "/two/*", "/srv/two");

        RouteTable table = table();

        assertThat(table.site(0)).isZero();
        assertThat(table.site(1)).isEqualTo(-1);
        assertThat(table.site(2)).isEqualTo(1);
        assertThat(table.upstream(0)).isEqualTo(-1);
        assertThat(table.filesRoot(1)).isEmpty();
        assertThat(table.describe(2).target()).isEqualTo("files /srv/two");
    }

    private void files(String name, String path, String root) {
        FilesConfig files =
                new FilesConfig(
                        Path.of(root), "index.html", null, List.of(), null, Map.of(), true, false);
        routes.add(
                new RouteConfig(
                        name,
                        List.of(),
                        path,
                        List.of(),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        files,
                        List.of(),
                        FiltersConfig.NONE));
    }

    private void route(String name, String path) {
        add(name, List.of(), path, List.of(), Map.of(), Map.of());
    }

    private void host(String name, String host, String path) {
        add(name, List.of(host), path, List.of(), Map.of(), Map.of());
    }

    private void add(
            String name,
            List<String> hosts,
            String path,
            List<String> methods,
            Map<String, ValueTest> headers,
            Map<String, ValueTest> query) {
        routes.add(
                new RouteConfig(
                        name,
                        hosts,
                        path,
                        methods,
                        headers,
                        query,
                        "app",
                        null,
                        null,
                        List.of(),
                        FiltersConfig.NONE));
    }

    private RouteTable table() {
        return new RouteTable(RouteCompiler.compile(routes, List.of("other", "app")));
    }

    private String get(String target) {
        return ask("GET", "h", target);
    }

    private String ask(String method, String host, String target, String... fields) {
        return result(table(), Requests.head(method, host, target, List.of(fields)));
    }

    private String result(RouteTable table, RequestHead head) {
        return switch (table.match(head, head.bytes, head.pathOffset, head.pathLength, match)) {
            case RouteTable.FOUND -> table.name(match.route);
            case RouteTable.NOT_FOUND -> "404";
            default -> "405";
        };
    }

    private List<String> parameters(String path) {
        get(path);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < match.parameterCount; i++) {
            int from = match.parameterOffset(i);
            values.add(path.substring(from, from + match.parameterLength(i)));
        }
        return values;
    }
}
