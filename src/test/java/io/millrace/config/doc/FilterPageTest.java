package io.millrace.config.doc;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigLoader;
import io.millrace.control.FilterCompiler;
import io.millrace.filter.FilterChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the page about filters shows can be written; owned by the test's thread. */
final class FilterPageTest {
    private static final String REST =
            """
            listeners: {http: {bind: 127.0.0.1:8080}}
            upstreams: {app: {endpoints: [127.0.0.1:9001]}}
            """;

    @Test
    void shouldShowPoliciesAndRoutesAsTheyAreWritten() throws IOException {
        assertThat(kinds(REST + examples().getFirst(), 0))
                .containsExactly(
                        "responseHeaders", "cors", "originCheck", "rewrite", "requestHeaders");
        assertThat(kinds(REST + examples().getFirst(), 1)).containsExactly("redirect");
    }

    @Test
    void shouldShowLimitsAsTheyAreWritten() throws IOException {
        String route =
                "routes:\n  - name: all\n    path: /*\n    upstream: app\n    filters:\n"
                        + examples().get(1).indent(6);
        assertThat(kinds(REST + route, 0)).containsExactly("limits", "limits");
    }

    @Test
    void shouldNameAllKindsInTheirOrder() throws IOException {
        List<String> named = new ArrayList<>();
        page().lines()
                .filter(line -> line.matches("[0-9]+\\. `.*"))
                .forEach(line ->
                        named.add(line.substring(line.indexOf('`') + 1).replaceAll("`.*", "")));
        String all =
                "routes: [{name: all, path: /*, upstream: app, filters: {requestHeaders: {remove:"
                        + " [a]}, rewrite: {path: /}, redirect: {location: /}, limits: [{name: l,"
                        + " rate: 1}], originCheck: {}, cors: {origins: [\"*\"]}, ipAccess: {deny:"
                        + " [10.0.0.0/8]}, responseHeaders: {remove: [a]}}}]";
        assertThat(kinds(REST + all, 0)).isEqualTo(named);
    }

    private static List<String> kinds(String text, int route) {
        var result = ConfigLoader.parse("page", text);
        assertThat(result.problems()).isEmpty();
        var config = Objects.requireNonNull(result.config());
        FilterChain chain = FilterCompiler.chain(config, config.routes().get(route));
        List<String> kinds = new ArrayList<>();
        for (int i = 0; i < chain.length(); i++) {
            kinds.add(chain.filter(i).kind());
        }
        return kinds;
    }

    /** The blocks of YAML, in their order. */
    private static List<String> examples() throws IOException {
        List<String> blocks = new ArrayList<>();
        String[] parts = page().split("```", -1);
        for (int i = 1; i < parts.length; i += 2) {
            blocks.add(parts[i].substring("yaml\n".length()));
        }
        return blocks;
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("src/docs/filters.md"));
    }
}
