package io.millrace.scenario;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.testing.Metrics;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.File;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
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
                    () -> gateway.metrics().sum("millrace_requests_in_flight") == 0);
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
