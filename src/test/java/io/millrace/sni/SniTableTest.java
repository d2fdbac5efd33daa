package io.millrace.sni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SniTableTest {
    private final SniTable table =
            new SniTable(
                    List.of(
                            route("*.example.com", "wild"),
                            route("*.eu.example.com", "europe"),
                            route("db.eu.example.com", "exact"),
                            route("db.eu.example.com", "two", "h2"),
                            route("db.eu.example.com", "three", "h3"),
                            route("only.example.com", "two", "h2")),
                    "fallback");

    @Test
    void shouldPreferTheExactNameThenTheLongestWildcardThenTheFallback() {
        assertThat(upstream("db.eu.example.com")).isEqualTo("exact");
        assertThat(upstream("x.eu.example.com")).isEqualTo("europe");
        assertThat(upstream("y.x.eu.example.com")).isEqualTo("europe");
        assertThat(upstream("eu.example.com")).isEqualTo("wild");
        assertThat(upstream("example.com")).isEqualTo("fallback");
        assertThat(upstream("example.org")).isEqualTo("fallback");
        assertThat(upstream("com")).isEqualTo("fallback");
        assertThat(upstream(null)).isEqualTo("fallback");
    }

    @Test
    void shouldNarrowByProtocolInTheClientsOrder() {
        assertThat(upstream("db.eu.example.com", "h2")).isEqualTo("two");
        assertThat(upstream("db.eu.example.com", "h3", "h2")).isEqualTo("three");
        assertThat(upstream("db.eu.example.com", "http/1.1")).isEqualTo("exact");
        assertThat(upstream("only.example.com", "h2")).isEqualTo("two");
        assertThat(upstream("only.example.com", "http/1.1")).isEqualTo("wild");
        assertThat(upstream("only.example.com")).isEqualTo("wild");
    }

    @Test
    void shouldTakeNobodyWithoutAFallback() {
        SniTable strict = new SniTable(List.of(route("a.example", "a")), null);
        assertThat(strict.upstream("b.example", List.of())).isNull();
        assertThat(strict.upstream(null, List.of())).isNull();
    }

    private @Nullable String upstream(@Nullable String name, String... protocols) {
        return table.upstream(name, List.of(protocols));
    }

    private static SniTable.Route route(String name, String upstream, String... protocols) {
        return new SniTable.Route(List.of(name), List.of(protocols), upstream);
    }
}
