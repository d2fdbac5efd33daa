package io.millrace.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.admin.AdminView.EndpointView;
import io.millrace.admin.AdminView.Readiness;
import io.millrace.admin.AdminView.RouteView;
import io.millrace.admin.AdminView.TunnelView;
import io.millrace.admin.AdminView.UpstreamView;
import io.millrace.admin.AdminView.VersionView;
import io.millrace.config.SocketSpec;
import io.millrace.http.MethodId;
import io.millrace.observe.MetricsReader;
import io.millrace.observe.ShardCounters;
import io.millrace.observe.ShardMetric;
import io.millrace.outcome.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class AdminServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

    @TempDir Path directory;
    private final FakeView view = new FakeView();
    private final HttpClient client = HttpClient.newHttpClient();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                AdminServer.start(
                        new SocketSpec.Tcp("127.0.0.1", 0), view, new MetricsReader(directory));
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    @Test
    void shouldSayWhetherItLives() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        view.live = false;
        assertThat(get("/healthz").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldSayWhyItIsNotReady() throws Exception {
        HttpResponse<String> ready = get("/readyz");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(ready.body()).get("ready").asBoolean()).isTrue();

        view.readiness = new Readiness(false, "draining");
        HttpResponse<String> draining = get("/readyz");
        assertThat(draining.statusCode()).isEqualTo(503);
        assertThat(JSON.readTree(draining.body()).get("reason").asString()).isEqualTo("draining");
    }

    @Test
    void shouldShowRoutesUpstreamsAndVersionAsJson() throws Exception {
        HttpResponse<String> routes = get("/routes");
        assertThat(routes.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode route = JSON.readTree(routes.body()).get("routes").get(0);
        assertThat(route.get("name").asString()).isEqualTo("user");
        assertThat(route.get("methods").get(1).asString()).isEqualTo("HEAD");
        assertThat(route.has("respondStatus")).isFalse();

        JsonNode tunnel = JSON.readTree(routes.body()).get("tunnels").get(0);
        assertThat(tunnel.get("listener").asString()).isEqualTo("tls");
        assertThat(tunnel.get("sni").get(0).asString()).isEqualTo("db.example.com");
        assertThat(tunnel.get("upstream").asString()).isEqualTo("postgres");

        JsonNode endpoint = JSON.readTree(get("/upstreams").body()).at("/upstreams/0/endpoints/0");
        assertThat(endpoint.get("address").asString()).isEqualTo("users.internal:8080");
        assertThat(endpoint.at("/metadata/version").asString()).isEqualTo("v1");

        assertThat(JSON.readTree(get("/version").body()).get("version").asString())
                .isEqualTo("1.2.3");
    }

    @Test
    void shouldRefuseOtherPathsAndMethodsInJson() throws Exception {
        HttpResponse<String> missing = get("/nothing");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(missing.body()).get("error").asString()).isEqualTo("not_found");

        HttpResponse<String> post =
                client.send(
                        request("/readyz").POST(HttpRequest.BodyPublishers.ofString("x")).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
        assertThat(JSON.readTree(post.body()).get("status").asInt()).isEqualTo(405);
    }

    @Test
    void shouldAnswerHeadWithLengthAndWithoutBody() throws Exception {
        HttpResponse<String> head =
                client.send(
                        request("/version").HEAD().build(), HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length"))
                .hasValue(get("/version").body().getBytes(UTF_8).length);
    }

    @Test
    void shouldRefuseNamesInTheHostFieldOnLoopback() throws IOException {
        assertThat(rawGet("/version", "attacker.example:80")).startsWith("HTTP/1.1 403");
        assertThat(rawGet("/version", "localhost")).startsWith("HTTP/1.1 200");
        assertThat(rawGet("/version", "[::1]:9901")).startsWith("HTTP/1.1 200");
    }

    @Test
    void shouldHideWhatWentWrongInside() throws Exception {
        view.failing = true;
        HttpResponse<String> failed = get("/routes");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).contains("internal_error").doesNotContain("secret");
    }

    @Test
    void shouldShowMetricsWithTheirLabels() throws Exception {
        try (ShardCounters counters = busyShard()) {
            assertThat(counters.value(ShardMetric.CONNECTIONS_ACTIVE)).isEqualTo(7);
            HttpResponse<String> metrics = get("/metrics");

            assertThat(metrics.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain; version=0.0.4");
            assertThat(metrics.body().lines())
                    .contains(
                            "http_requests_total{listener=\"edge\",method=\"GET\",route=\"us\\\"er\","
                                    + "status=\"200\"} 2.0",
                            "http_request_duration_seconds_bucket{listener=\"edge\","
                                    + "route=\"us\\\"er\",le=\"5.0E-4\"} 1",
                            "http_request_duration_seconds_bucket{listener=\"edge\","
                                    + "route=\"us\\\"er\",le=\"+Inf\"} 3",
                            "http_request_duration_seconds_count{listener=\"edge\","
                                    + "route=\"us\\\"er\"} 3",
                            "http_response_bytes_total{listener=\"edge\",route=\"us\\\"er\"} 600.0",
                            "millrace_connections_active{shard=\"0\"} 7.0",
                            "millrace_connections_accepted_total{shard=\"0\"} 9.0",
                            "millrace_shard_loop_busy_seconds_total{shard=\"0\"} 1.5",
                            "millrace_outcomes_total{outcome=\"pool_full\"} 1.0",
                            "millrace_upstream_connects_total{upstream=\"users\"} 1.0",
                            "millrace_upstream_connections_active{upstream=\"users\"} 4.0",
                            "millrace_build_info{java=\"25\",transport=\"epoll\",version=\"1.2.3\"} 1");
        }
    }

    @Test
    void shouldSpeakOpenMetricsWhenAsked() throws Exception {
        try (ShardCounters _ = busyShard()) {
            HttpResponse<String> metrics =
                    client.send(
                            request("/metrics")
                                    .header("Accept", "application/openmetrics-text;version=1.0.0")
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(metrics.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/openmetrics-text; version=1.0.0");
            assertThat(metrics.body()).contains("# TYPE http_requests counter").endsWith("# EOF\n");
        }
    }

    @Test
    void shouldPassPromtool() throws Exception {
        assumeTrue(Files.isExecutable(PROMTOOL), "promtool is not installed");
        try (ShardCounters _ = busyShard()) {
            Process promtool =
                    new ProcessBuilder(PROMTOOL.toString(), "check", "metrics")
                            .redirectErrorStream(true)
                            .start();
            try (OutputStream input = promtool.getOutputStream()) {
                input.write(get("/metrics").body().getBytes(UTF_8));
            }
            String findings = new String(promtool.getInputStream().readAllBytes(), UTF_8);

            assertThat(promtool.waitFor()).as(findings).isZero();
            assertThat(findings).isEmpty();
        }
    }

    @Test
    void shouldRefuseAUnixSocketWithTheReason() {
        assertThatThrownBy(() ->
                        AdminServer.start(
                                new SocketSpec.Unix("/run/admin.sock"),
                                view,
                                new MetricsReader(directory)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unix:/run/admin.sock");
    }

    private ShardCounters busyShard() {
        ShardCounters counters = ShardCounters.create(directory, 0);
        counters.add(ShardMetric.CONNECTIONS_ACTIVE, 7);
        counters.add(ShardMetric.CONNECTIONS_ACCEPTED, 9);
        counters.add(ShardMetric.LOOP_BUSY_NS, 1_500_000_000L);
        counters.outcome(Outcome.POOL_FULL);
        counters.upstream("users").connect();
        counters.upstream("users").active(4);
        counters.route("edge", "us\"er").finished(MethodId.GET, 200, 400_000, 10, 200);
        counters.route("edge", "us\"er").finished(MethodId.GET, 200, 600_000, 10, 200);
        counters.route("edge", "us\"er").finished(MethodId.POST, 503, 60_000_000_000L, 10, 200);
        return counters;
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + path));
    }

    private String rawGet(String path, String host) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + path
                                            + " HTTP/1.1\r\nHost: "
                                            + host
                                            + "\r\nConnection: close\r\n\r\n")
                                    .getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static final class FakeView implements AdminView {
        private volatile boolean live = true;
        private volatile boolean failing;
        private volatile Readiness readiness = new Readiness(true, "serving");

        @Override
        public boolean live() {
            return live;
        }

        @Override
        public Readiness ready() {
            return readiness;
        }

        @Override
        public List<RouteView> routes() {
            if (failing) {
                throw new IllegalStateException("secret");
            }
            return List.of(
                    new RouteView(
                            "user",
                            List.of("api.example.com"),
                            "/user/:id",
                            List.of("GET", "HEAD"),
                            "users",
                            null,
                            null));
        }

        @Override
        public List<TunnelView> tunnels() {
            return List.of(
                    new TunnelView(
                            "tls",
                            "0.0.0.0:443",
                            "tls-passthrough",
                            List.of("db.example.com"),
                            List.of(),
                            "postgres"));
        }

        @Override
        public List<UpstreamView> upstreams() {
            return List.of(
                    new UpstreamView(
                            "users",
                            "roundRobin",
                            List.of(
                                    new EndpointView(
                                            "users.internal:8080",
                                            3,
                                            "up",
                                            List.of("10.0.0.1:8080"),
                                            Map.of("version", "v1")))));
        }

        @Override
        public VersionView version() {
            return new VersionView("1.2.3", "25", "epoll", 1, 5, 77);
        }
    }
}
