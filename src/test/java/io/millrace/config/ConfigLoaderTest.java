package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.files.FileServingConfig;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.config.server.ServerConfig;
import io.millrace.config.server.ShardsConfig;
import io.millrace.config.server.SpliceConfig;
import io.millrace.config.server.Steering;
import io.millrace.config.server.TransportChoice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigLoaderTest {
    @TempDir Path directory;

    @Test
    void shouldServeByDefaultsThatSuitMost() throws IOException {
        GatewayConfig config = load("short.yaml");

        assertThat(config.server())
                .isEqualTo(
                        new ServerConfig(
                                TransportChoice.AUTO,
                                new ShardsConfig.Auto(),
                                Steering.HASH,
                                Duration.ZERO,
                                Path.of("/var/lib/millrace"),
                                Duration.ofSeconds(30),
                                "off",
                                new SpliceConfig(65536, 1024),
                                new FileServingConfig(4, 1024, 512, Duration.ofSeconds(1))));
    }

    @Test
    void shouldReadTheShortFormWithDefaultsForAllElse() throws IOException {
        GatewayConfig config = load("short.yaml");

        assertThat(config.admin().bind()).isEqualTo(new SocketSpec.Tcp("127.0.0.1", 9901));
        assertThat(config.listeners())
                .containsExactly(
                        Map.entry(
                                "http",
                                new ListenerConfig(
                                        new SocketSpec.Tcp("0.0.0.0", 8080),
                                        ListenerConfig.Protocol.HTTP,
                                        null,
                                        List.of(),
                                        List.of(),
                                        ListenerConfig.ProxyProtocol.OFF,
                                        List.of(),
                                        new LimitsConfig(8192, 65536, 100, 0, 16),
                                        new ListenerTimeoutsConfig(
                                                Duration.ofSeconds(10),
                                                Duration.ofSeconds(60),
                                                Duration.ofSeconds(60),
                                                Duration.ofHours(1)))));
        assertThat(config.upstreams())
                .containsExactly(
                        Map.entry(
                                "app",
                                new UpstreamConfig(
                                        BalanceChoice.ROUND_ROBIN,
                                        List.of(
                                                new EndpointConfig(
                                                        new SocketSpec.Tcp("127.0.0.1", 9001),
                                                        1,
                                                        Map.of())),
                                        new PoolConfig(
                                                256,
                                                0,
                                                Duration.ofSeconds(3),
                                                Duration.ofMinutes(10),
                                                Duration.ofMinutes(30),
                                                1024),
                                        null,
                                        1024,
                                        new UpstreamTimeoutsConfig(Duration.ofSeconds(15)),
                                        UpstreamConfig.SendProxyProtocol.OFF)));
        assertThat(config.routes())
                .containsExactly(
                        new RouteConfig(
                                "all",
                                List.of(),
                                "/*",
                                List.of(),
                                Map.of(),
                                Map.of(),
                                "app",
                                null,
                                null,
                                List.of(),
                                FiltersConfig.NONE));
    }

    @Test
    void shouldReadTheLongForm() throws IOException {
        GatewayConfig config = load("long.yaml");

        ListenerConfig edge = Objects.requireNonNull(config.listeners().get("edge"));
        assertThat(edge.bind()).isEqualTo(new SocketSpec.Tcp("::", 8080));
        assertThat(edge.limits()).isEqualTo(new LimitsConfig(8192, 65536, 100, 0, 4));
        assertThat(edge.trustedProxies().getFirst().prefixLength()).isEqualTo(8);
        assertThat(edge.trustedProxies().getFirst().address()).containsExactly(10, 0, 0, 0);
        assertThat(edge.proxyProtocol()).isEqualTo(ListenerConfig.ProxyProtocol.ANY);
        assertThat(edge.proxyProtocolTrusted().getFirst().address()).containsExactly(10, 0, 0, 7);
        assertThat(Objects.requireNonNull(config.upstreams().get("users")).sendProxyProtocol())
                .isEqualTo(UpstreamConfig.SendProxyProtocol.V2);
        assertThat(Objects.requireNonNull(config.upstreams().get("users")).endpoints())
                .containsExactly(
                        new EndpointConfig(new SocketSpec.Tcp("10.0.0.1", 8080), 1, Map.of()),
                        new EndpointConfig(
                                new SocketSpec.Tcp("users.internal", 8080),
                                3,
                                Map.of("version", "v1")));
        assertThat(Objects.requireNonNull(config.upstreams().get("feed")).pipelining())
                .isEqualTo(new PipeliningConfig(64, 4, Duration.ofMillis(20), 128 << 10));
        assertThat(config.routes())
                .containsExactly(
                        new RouteConfig(
                                "user",
                                List.of("api.example.com", "*.example.com"),
                                "/user/:id",
                                List.of("GET", "HEAD"),
                                Map.of("x-version", new ValueTest.Exact("v1")),
                                Map.of("beta", new ValueTest.Exact("1")),
                                "users",
                                null,
                                null,
                                List.of(),
                                FiltersConfig.NONE),
                        new RouteConfig(
                                "hello",
                                List.of(),
                                "/hello",
                                List.of(),
                                Map.of(),
                                Map.of(),
                                null,
                                new RespondConfig(200, "hi\n", "text/plain"),
                                null,
                                List.of(),
                                FiltersConfig.NONE));
    }

    @Test
    void shouldReadEveryFormOfAValueTest() {
        GatewayConfig config =
                parse(
                        ConfigText.withRoute(
                                "name: r, path: /, upstream: app, headers: {a: 1.10, b: {exact: x},"
                                        + " c: {present: false}, d: {prefix: v}}"));

        assertThat(config.routes().getFirst().headers())
                .isEqualTo(
                        Map.of(
                                "a", new ValueTest.Exact("1.10"),
                                "b", new ValueTest.Exact("x"),
                                "c", new ValueTest.Present(false),
                                "d", new ValueTest.Prefix("v")));
    }

    @Test
    void shouldTakeUnixSocketsNamesAndBracketedAddresses() {
        GatewayConfig config =
                parse(
                        """
                        listeners: {a: {bind: unix:/run/x.sock}, b: {bind: "[::1]:0"}, c: {bind: "[::1]:0"}}
                        upstreams: {app: {endpoints: [unix:/run/y.sock, "[fd00::1]:80", app_1.internal:80]}}
                        routes: [{name: all, path: /*, upstream: app}]
                        """);

        assertThat(Objects.requireNonNull(config.listeners().get("a")).bind())
                .isEqualTo(new SocketSpec.Unix("/run/x.sock"));
        assertThat(Objects.requireNonNull(config.upstreams().get("app")).endpoints())
                .extracting(EndpointConfig::address)
                .containsExactly(
                        new SocketSpec.Unix("/run/y.sock"),
                        new SocketSpec.Tcp("fd00::1", 80),
                        new SocketSpec.Tcp("app_1.internal", 80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", pipelining: off", ", pipelining: ", ", pipelining: null"})
    void shouldShareNoConnectionUnlessTold(String keys) {
        assertThat(upstream(keys).pipelining()).isNull();
    }

    @Test
    void shouldReadWhatBoundsSharedConnections() {
        assertThat(upstream(", pipelining: {}").pipelining())
                .isEqualTo(new PipeliningConfig(32, 2, Duration.ofMillis(50), 65536));
        assertThat(
                        upstream(
                                        ", pipelining: {depth: 2, connections: 1, maximumAge: 1ms,"
                                                + " maximumBuffered: 4KiB}, pool: {maximumPoolSize: 1}")
                                .pipelining())
                .isEqualTo(new PipeliningConfig(2, 1, Duration.ofMillis(1), 4096));
        assertThat(
                        upstream(
                                        ", pipelining: {depth: 1024, connections: 64, maximumAge: 1h,"
                                                + " maximumBuffered: 16MiB}, sendProxyProtocol: off")
                                .pipelining())
                .isEqualTo(new PipeliningConfig(1024, 64, Duration.ofHours(1), 16 << 20));
    }

    private static UpstreamConfig upstream(String keys) {
        GatewayConfig config = parse(ConfigText.withUpstream("endpoints: [a:1]" + keys));
        return Objects.requireNonNull(config.upstreams().get("app"));
    }

    @Test
    void shouldTakeSectionsWhoseKeysAreAllCommentedOut() {
        assertThat(parse("server:\nadmin:\n" + ConfigText.SHORT).server().accessLog())
                .isEqualTo("off");
    }

    @Test
    void shouldReadShardsAsAutoNumberOrCpuList() {
        assertThat(shards("auto")).isEqualTo(new ShardsConfig.Auto());
        assertThat(shards("4")).isEqualTo(new ShardsConfig.Count(4));
        assertThat(shards("\"0,2-5,3\"")).isEqualTo(new ShardsConfig.Cpus(List.of(0, 2, 3, 4, 5)));
        assertThat(shards("3-3")).isEqualTo(new ShardsConfig.Cpus(List.of(3)));
    }

    @Test
    void shouldTellWhereAnOptionStands() {
        ConfigResult result = ConfigLoader.parse("f", ConfigText.SHORT);

        assertThat(result.problemAt("routes[0].path", "x").toString()).isEqualTo("f:6:23: x");
        assertThat(result.problemAt("listeners.http.bind", "x").toString()).isEqualTo("f:2:16: x");
        assertThat(result.problemAt("upstreams.app.pool.idleTimeout", "x").toString())
                .as("not written: the nearest part that is")
                .isEqualTo("f:4:8: x");
        assertThat(result.problemAt("routes[9].path", "x").toString()).isEqualTo("f:6:3: x");
    }

    @Test
    void shouldHandSoundRoutesToTheCheckAndGiveItsFindingsAPlace() {
        RouteCheck second =
                routes -> {
                    assertThat(routes).extracting(RouteConfig::name).containsExactly("a", "c");
                    return List.of(new RouteCheck.Finding(1, "never wins over \"a\""));
                };
        String text =
                """
                listeners: {http: {bind: 0.0.0.0:8080}}
                upstreams: {app: {endpoints: [127.0.0.1:9001]}}
                routes:
                  - {name: a, path: /x, upstream: app}
                  - {name: b, path: /x, upstream: nobody}
                  - {name: c, path: /x, upstream: app}
                """;

        assertThat(ConfigLoader.parse("f", text, second).problems())
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        "f:5:35: routes[1].upstream: there is no upstream \"nobody\" (known: app)",
                        "f:6:21: routes[2]: never wins over \"a\"");
    }

    @Test
    void shouldReadAFileThatBeginsWithAByteOrderMark() throws IOException {
        Path file = directory.resolve("bom.yaml");
        Files.writeString(file, "\uFEFF" + ConfigText.SHORT);

        assertThat(ConfigLoader.load(file).problems()).isEmpty();
    }

    @Test
    void shouldSayWhyAFileCannotBeRead() throws IOException {
        Path missing = directory.resolve("missing.yaml");
        Path binary = directory.resolve("binary.yaml");
        Files.write(binary, new byte[] {'a', '\n', 'b', (byte) 0xC3, 0x28});

        assertThat(ConfigLoader.load(missing).problems())
                .extracting(ConfigProblem::toString)
                .containsExactly(missing + ": there is no such file; say which with --config FILE");
        assertThat(ConfigLoader.load(directory).problems())
                .extracting(ConfigProblem::toString)
                .containsExactly(directory + ": is a directory, not a file");
        assertThat(ConfigLoader.load(binary).problems())
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        binary + ":2:2: the byte 0xC3 is not UTF-8; save the file as UTF-8");
    }

    private static ShardsConfig shards(String text) {
        return parse("server: {shards: " + text + "}\n" + ConfigText.SHORT).server().shards();
    }

    private static GatewayConfig parse(String text) {
        ConfigResult result = ConfigLoader.parse("f", text);
        assertThat(result.problems()).isEmpty();
        return Objects.requireNonNull(result.config());
    }

    private static GatewayConfig load(String resource) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ConfigLoaderTest.class.getResourceAsStream(resource))) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldTellWhatIsWrittenInAFileThatIsWrongElsewhere() {
        ConfigResult result =
                ConfigLoader.parse(
                        "f.yaml", "server: {stateDirectory: /srv/state}\nlisteners: 7\n");

        assertThat(result.config()).isNull();
        assertThat(result.written("server.stateDirectory")).isEqualTo("/srv/state");
        assertThat(result.written("server.drainTimeout")).isNull();
        assertThat(result.written("listeners.http.bind")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server: {stateDirectory: /srv/state\n",
                "server: {stateDirectory: /srv/state}\nlisteners: {]\n",
                "server:\n  stateDirectory: /srv/state\n  shards: 2\n\ttransport: auto\n",
                "server: {stateDirectory: /srv/state}\n---\nserver: {}\n",
                "server: {stateDirectory: /srv/state}\nroutes:\n  - {name: a, hosts: [*.b]}\n",
            })
    void shouldTellWhatIsWrittenBeforeTheFileCannotBeRead(String text) {
        ConfigResult result = ConfigLoader.parse("f.yaml", text);

        assertThat(result.config()).isNull();
        assertThat(result.written("server.stateDirectory")).isEqualTo("/srv/state");
    }

    @Test
    void shouldTellNothingThatIsWrittenBehind() {
        ConfigResult result = ConfigLoader.parse("f.yaml", "a: {]\nserver: {stateDirectory: /s}\n");

        assertThat(result.written("server.stateDirectory")).isNull();
    }
}
