package io.millrace.scenario;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.testing.Body;
import io.millrace.testing.Directories;
import io.millrace.testing.Metrics;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Looks at the gateway from outside; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
final class MetricsIT {
    private static final File PROMTOOL = new File("/usr/bin/promtool");

    private final Transport transport;

    MetricsIT(Transport transport) {
        this.transport = transport;
    }

    @TempDir Path directory;

    @Test
    void shouldCountWhatWasAnswered() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .route("{name: mine, path: /mine, methods: [GET], upstream: app}")
                                .start();
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 7; i++) {
                assertThat(client.get("/mine").readResponse().status()).isEqualTo(200);
            }
            assertThat(client.get("/other").readResponse().status()).isEqualTo(404);
            eventually(
                    "the seven requests are counted",
                    () ->
                            gateway.metrics()
                                            .sum(
                                                    "http_requests_total",
                                                    "listener=\"http\"",
                                                    "route=\"mine\"",
                                                    "method=\"GET\"",
                                                    "status=\"200\"")
                                    == 7);
            Metrics metrics = gateway.metrics();
            assertThat(metrics.sum("http_requests_total", "status=\"404\"")).isEqualTo(1);
            assertThat(metrics.sum("http_request_duration_seconds_count", "route=\"mine\""))
                    .isEqualTo(7);
            assertThat(metrics.sum("millrace_outcomes_total", "outcome=\"no_route\"")).isEqualTo(1);
            assertThat(metrics.sum("millrace_connections_active")).isEqualTo(1);
            assertThat(metrics.sum("millrace_upstream_connects_total", "upstream=\"app\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldCountWhatWasRefusedBeforeARouteWasKnown() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(400);
            eventually(
                    "the refusal is counted",
                    () ->
                            gateway.metrics()
                                            .sum(
                                                    "millrace_outcomes_total",
                                                    "outcome=\"bad_request\"")
                                    == 1);
        }
    }

    @Test
    void shouldReturnEveryGaugeToZero() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport)) {
            for (int i = 0; i < 20; i++) {
                try (RawClient client = gateway.connect()) {
                    client.get("/").readResponse();
                }
            }
            eventually(
                    "no connection is active",
                    () -> gateway.metrics().sum("millrace_connections_active") == 0);
            eventually(
                    "no request is in flight",
                    () -> gateway.metrics().sum("millrace_requests_active") == 0);
        }
    }

    /** Series that stay at zero as long as nothing goes wrong, and why no traffic moves them. */
    private static final Map<String, String> STILL =
            Map.of(
                    "millrace_splice_fallback_total",
                    "every socket of the test can be spliced",
                    "millrace_access_log_dropped_total",
                    "the ring is larger than the test's traffic",
                    "millrace_connections_handed_over_total",
                    "the only shard has nobody to give to; SteeringContractTest sees it move",
                    "millrace_series_overflow_total",
                    "the counters file has room for the test's series");

    @Test
    void shouldMoveEverySeries() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Body body = Body.random(31, 32L << 20);
        Set<String> moved = new HashSet<>();
        try (ScriptedOrigin origin = originThatIsRetried(go, body);
                ScriptedOrigin database = database();
                ScriptedOrigin sharing = originThatClosesBehindTwo();
                TestGateway gateway =
                        TestGateway.on(transport)
                                .server("accessLog: " + directory.resolve("access.log"))
                                .listener(
                                        "proxied",
                                        "{bind: 127.0.0.1:0, proxyProtocol: v1,"
                                                + " proxyProtocolTrusted: [127.0.0.0/8]}")
                                .listener("db", "{bind: 127.0.0.1:0, protocol: tcp, upstream: db}")
                                .upstream("db", database, "maximumConnections: 1")
                                .upstream(
                                        "app",
                                        origin,
                                        "pool: {maximumPoolSize: 1, connectionTimeout: 300ms}")
                                .upstream("gone", "{endpoints: [\"127.0.0.1:1\"]}")
                                .upstream("shared", sharing, "pipelining: {connections: 1}")
                                .route("{name: shared, path: /shared, upstream: shared}")
                                .route("{name: all, path: /*, upstream: app}")
                                .route("{name: gone, path: /gone, upstream: gone}")
                                .route(files("site"))
                                .route(files("lost"))
                                .start();
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("pooled");
            note(gateway.metrics(), moved);
            assertThat(client.get("/").readResponse().text()).isEqualTo("retried");
            client.get("/");
            try (RawClient other = gateway.connect()) {
                assertThat(other.get("/").readResponse().status()).isEqualTo(503);
                assertThat(other.get("/gone").readResponse().status()).isEqualTo(502);
                note(gateway.metrics(), moved);
            }
            useTheOtherListeners(gateway, moved);
            useFiles(gateway, moved);
            useASharedConnection(gateway);
            go.countDown();
            eventually(
                    "a pipe holds what the client does not read",
                    () -> gateway.metrics().sum("millrace_pipe_pool_in_use") > 0);
            note(gateway.metrics(), moved);
            Response head = client.reader().readResponseHead();
            client.reader().copyResponseBody(head, "GET", new Body.Digest());
            eventually(
                    "everything is counted that ought to be",
                    () -> {
                        Set<String> all = note(gateway.metrics(), moved);
                        all.removeAll(moved);
                        return all.equals(STILL.keySet());
                    });
        }
    }

    private static ScriptedOrigin originThatIsRetried(CountDownLatch go, Body body)
            throws IOException {
        return ScriptedOrigin.start(
                connection -> {
                    connection.readRequest();
                    connection.reply("pooled");
                    connection.readRequest();
                    connection.reset();
                },
                connection -> {
                    connection.readRequest();
                    connection.reply("retried");
                    connection.readRequest();
                    connection.await(go);
                    body.respondTo(connection, false);
                    connection.awaitEnd();
                });
    }

    private static ScriptedOrigin database() throws IOException {
        return ScriptedOrigin.start(connection -> {
            connection.send(connection.reader().readExactly(1));
            connection.awaitEnd();
        });
    }

    /** The second request is moved to a connection of its own. */
    private static ScriptedOrigin originThatClosesBehindTwo() throws IOException {
        return ScriptedOrigin.start(
                connection -> {
                    connection.readRequest();
                    connection.readRequest();
                    connection.send(
                            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                },
                connection -> connection.replyForever("moved"));
    }

    private static void useASharedConnection(TestGateway gateway) throws IOException {
        try (RawClient client = gateway.connect()) {
            client.send("GET /shared HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2));
            assertThat(client.readResponse().text()).isEmpty();
            assertThat(client.readResponse().text()).isEqualTo("moved");
        }
    }

    private String files(String name) throws IOException {
        Path root = Files.createDirectories(directory.resolve(name));
        Files.writeString(root.resolve("a.txt"), name);
        return "{name: "
                + name
                + ", path: /"
                + name
                + "/*, files: {root: \""
                + root
                + "\", stripPrefix: /"
                + name
                + "}}";
    }

    private void useFiles(TestGateway gateway, Set<String> moved) throws IOException {
        Directories.delete(directory.resolve("lost"));
        try (RawClient client = gateway.connect()) {
            assertThat(client.get("/lost/a.txt").readResponse().status()).isEqualTo(500);
            for (int i = 0; i < 2; i++) {
                assertThat(client.get("/site/a.txt").readResponse().text()).isEqualTo("site");
            }
            note(gateway.metrics(), moved);
        }
    }

    private static void useTheOtherListeners(TestGateway gateway, Set<String> moved)
            throws IOException {
        try (RawClient one = RawClient.connect(gateway.address("db"));
                RawClient tooMany = RawClient.connect(gateway.address("db"));
                RawClient nobody = RawClient.connect(gateway.address("proxied"))) {
            one.send("x");
            assertThat(one.reader().readExactly(1)).hasSize(1);
            tooMany.expectEnd();
            nobody.send("GET / HTTP/1.1\r\n");
            nobody.expectEnd();
            note(gateway.metrics(), moved);
        }
    }

    /** Adds the names of the samples that are not zero; returns those of all. */
    private static Set<String> note(Metrics metrics, Set<String> moved) {
        Set<String> all = new TreeSet<>();
        for (Metrics.Sample sample : metrics.samples()) {
            if (sample.name().startsWith("millrace_")) {
                all.add(sample.name());
                if (sample.value() != 0) {
                    moved.add(sample.name());
                }
            }
        }
        return all;
    }

    @Test
    void shouldCountOnlyConnectionsThatCarryARequestAsActive() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.await(go);
                            connection.reply("x");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/");
            origin.takeRequest();
            assertThat(gateway.metrics().sum("millrace_upstream_connections_active")).isEqualTo(1);
            go.countDown();
            assertThat(client.readResponse().text()).isEqualTo("x");
            eventually(
                    "the connection is idle and nothing else",
                    () -> {
                        Metrics metrics = gateway.metrics();
                        return metrics.sum("millrace_upstream_connections_active") == 0
                                && metrics.sum("millrace_upstream_connections_idle") == 1;
                    });
        }
    }

    @Test
    void shouldPassPromtool() throws Exception {
        assumeTrue(PROMTOOL.canExecute(), "promtool is not installed");
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/").readResponse();
            Process process =
                    new ProcessBuilder(PROMTOOL.getPath(), "check", "metrics")
                            .redirectErrorStream(true)
                            .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(gateway.metrics().text().getBytes(StandardCharsets.UTF_8));
            }
            String findings =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(findings).isEmpty();
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void shouldTellItsHealthRoutesUpstreamsAndVersion() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport)) {
            assertThat(gateway.admin("/healthz").status()).isEqualTo(200);
            assertThat(gateway.admin("/readyz").status()).isEqualTo(200);
            assertThat(gateway.admin("/routes").text()).contains("\"all\"");
            assertThat(gateway.admin("/upstreams").text()).contains(origin.address());
            Response version = gateway.admin("/version");
            assertThat(version.header("content-type")).startsWith("application/json");
            assertThat(gateway.admin("/none").status()).isEqualTo(404);
        }
    }
}
