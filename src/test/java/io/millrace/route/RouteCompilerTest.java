package io.millrace.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.RouteConfig;
import io.millrace.config.ValueTest;
import io.millrace.config.filters.FiltersConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouteCompilerTest {
    private final List<RouteConfig> routes = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    a/b       | path "a/b" does not begin with a slash
                    /*/b      | '*' may only be the whole last segment
                    /a*       | '*' may only be the whole last segment
                    /:        | the parameter ":" needs a name
                    /:a b     | the parameter ":a b" needs a name
                    /:a/:a    | two parameters named "a"
                    /a/../b   | has a dot segment
                    /%2e/b    | has a dot segment
                    /a%2      | must be followed by two hexadecimal digits
                    /a%zz     | must be followed by two hexadecimal digits
                    /a%00     | must be followed by two hexadecimal digits
                    /a?b=c    | contains a query
                    """)
    void shouldRefuseABadPath(String path, String message) {
        route("r", path);

        assertThat(RouteCompiler.problems(routes))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.field()).isEqualTo("path");
                    assertThat(problem.message()).contains(message);
                });
    }

    @ParameterizedTest
    @CsvSource({"a.*.b", "*b.c", "''", "*.", "a..b", "a:80", "a b", "b\u00fccher.de"})
    void shouldRefuseABadHost(String host) {
        add("r", List.of(host), "/", List.of(), Map.of());

        assertThat(RouteCompiler.problems(routes))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.field()).isEqualTo("hosts");
                    assertThat(problem.message()).contains('"' + host + '"');
                });
    }

    @Test
    void shouldBoundSegmentsAndParameters() {
        route("deep", "/a".repeat(PathPattern.MAX_SEGMENTS));
        route("deeper", "/a".repeat(PathPattern.MAX_SEGMENTS + 1));
        StringBuilder path = new StringBuilder();
        for (int i = 0; i <= PathPattern.MAX_PARAMETERS; i++) {
            path.append("/:p").append(i);
        }
        route("wide", path.toString());

        assertThat(RouteCompiler.problems(routes))
                .extracting(RouteProblem::message)
                .containsExactly(
                        "path has 65 segments, at most 64 are allowed",
                        "path has 33 parameters, at most 32 are allowed");
    }

    @Test
    void shouldNameTheDuplicateWhateverItsParametersAreCalled() {
        route("first", "/user/:id");
        route("second", "/user/:name");

        assertThat(RouteCompiler.problems(routes))
                .containsExactly(
                        new RouteProblem(
                                1,
                                "path",
                                "path \"/user/:name\" is the same as \"/user/:id\" of route \"first\", with the"
                                        + " same methods and tests; remove one or make them differ"));
    }

    @Test
    void shouldNameTheHostOnWhichRoutesAreTheSame() {
        add("first", List.of("a.de", "b.de"), "/", List.of(), Map.of());
        add("second", List.of("c.de", "B.de"), "/", List.of(), Map.of());

        assertThat(RouteCompiler.problems(routes))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("on host \"b.de\""));
    }

    @Test
    void shouldFindARouteWhoseMethodsAreAllTakenByOthers() {
        add("both", List.of(), "/", List.of("GET", "PUT"), Map.of());
        add("get", List.of(), "/", List.of("GET"), Map.of());
        add("put", List.of(), "/", List.of("PUT"), Map.of());

        assertThat(RouteCompiler.problems(routes))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.route()).isZero();
                    assertThat(problem.message())
                            .contains("can never win")
                            .endsWith("the more specific routes \"get\", \"put\"");
                });
    }

    @Test
    void shouldAcceptRoutesThatShareAPathButCanAllWin() {
        route("any", "/");
        add("get", List.of(), "/", List.of("GET"), Map.of());
        add("both", List.of(), "/", List.of("GET", "PUT"), Map.of());
        add("v1", List.of(), "/", List.of(), Map.of("v", new ValueTest.Exact("1")));
        add("v", List.of(), "/", List.of(), Map.of("v", new ValueTest.Prefix("")));
        add("has", List.of(), "/", List.of(), Map.of("v", new ValueTest.Present(true)));
        add("host", List.of("a.de"), "/", List.of(), Map.of());
        add("wild", List.of("*.a.de"), "/", List.of(), Map.of());
        route("other", "/:x");
        route("rest", "/*");

        assertThat(RouteCompiler.problems(routes)).isEmpty();
    }

    @Test
    void shouldRefuseRoutesWithWhichOneRequestCouldTakeLong() {
        for (int bits = 0; bits < 1 << 12; bits++) {
            StringBuilder path = new StringBuilder();
            for (int level = 0; level < 12; level++) {
                path.append((bits >> level & 1) == 0 ? "/a" : "/:p" + level);
            }
            route("r" + bits, path.append("/end").toString());
        }

        assertThat(RouteCompiler.problems(routes))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.message())
                                .contains("could visit more than 4096 places"));
    }

    @Test
    void shouldGiveTheSameBytesForTheSameRoutes() {
        route("a", "/a/:b");
        add(
                "b",
                List.of("x.de", "*.y.de"),
                "/c/*",
                List.of("GET"),
                Map.of("v", new ValueTest.Exact("1")));

        assertThat(RouteCompiler.compile(routes, List.of("app")))
                .isEqualTo(RouteCompiler.compile(routes, List.of("app")));
    }

    @Test
    void shouldNotCompileWhatHasProblems() {
        route("bad", "nowhere");

        assertThatThrownBy(() -> RouteCompiler.compile(routes, List.of("app")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("route \"bad\": path \"nowhere\" does not begin with a slash");
    }

    @Test
    void shouldRefuseAnUpstreamThatIsNotListed() {
        route("r", "/");

        assertThatThrownBy(() -> RouteCompiler.compile(routes, List.of("other")))
                .hasMessage("route \"r\": there is no upstream \"app\"");
    }

    @Test
    void shouldDescribeRoutesAsWritten() {
        add(
                "r",
                List.of("API.x.de", "*.y.de"),
                "/u/:id/*",
                List.of("PUT", "GET", "LINK"),
                Map.of("X-V", new ValueTest.Prefix("v"), "b", new ValueTest.Present(false)));

        RouteDescription route =
                new RouteTable(RouteCompiler.compile(routes, List.of("app"))).describe(0);

        assertThat(route.hosts()).containsExactly("api.x.de", "*.y.de");
        assertThat(route.path()).isEqualTo("/u/:id/*");
        assertThat(route.parameters()).containsExactly("id", "*");
        assertThat(route.methods()).containsExactly("GET", "PUT", "LINK");
        assertThat(route.headers()).containsExactly("b absent", "x-v begins with \"v\"");
        assertThat(route.target()).isEqualTo("upstream app");
    }

    private void route(String name, String path) {
        add(name, List.of(), path, List.of(), Map.of());
    }

    private void add(
            String name,
            List<String> hosts,
            String path,
            List<String> methods,
            Map<String, ValueTest> headers) {
        routes.add(
                new RouteConfig(
                        name,
                        hosts,
                        path,
                        methods,
                        headers,
                        Map.of(),
                        "app",
                        null,
                        null,
                        List.of(),
                        FiltersConfig.NONE));
    }
}
