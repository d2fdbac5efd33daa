package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is admitted, and how often; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class LimitContractTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";

    @AutoClose private final ScriptedOrigin origin = ScriptedOrigin.answering("ok");
    private final Transport transport;

    LimitContractTest(Transport transport) throws Exception {
        this.transport = transport;
    }

    @Test
    void shouldRefuseWhatComesTooOften() throws Exception {
        try (TestGateway gateway = gateway("limits: [{name: l, rate: 1/h, burst: 2}]");
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().status()).isEqualTo(200);
            assertThat(client.get("/").readResponse().status()).isEqualTo(200);
            Response refused = client.get("/").readResponse();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(3590L, 3600L);
            assertThat(refused.text()).contains("\"error\":\"rate_limited\"");
            assertThat(refused.announcesClose()).isFalse();
            assertThat(origin.requests()).hasSize(2);
            assertThat(gateway.metrics().sum("http_requests_total", "status=\"429\"")).isEqualTo(1);
        }
    }

    @Test
    void shouldAnswerARefusalWithWhatTheOperatorSays() throws Exception {
        try (TestGateway gateway =
                        gateway(
                                "limits: [{name: l, rate: 1/h, status: 503, body: \"服务繁忙\","
                                        + " rateLimitHeaders: draft}]");
                RawClient client = gateway.connect()) {
            Response admitted = client.get("/").readResponse();
            assertThat(admitted.header("ratelimit-policy")).isEqualTo("\"l\";q=1;w=3600");
            assertThat(admitted.header("ratelimit")).isEqualTo("\"l\";r=0;t=3600");
            Response refused = client.get("/").readResponse();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(new String(refused.body(), StandardCharsets.UTF_8)).isEqualTo("服务繁忙");
            assertThat(refused.header("content-type")).isEqualTo("text/plain; charset=utf-8");
            assertThat(refused.fields().all("retry-after")).hasSize(1);
        }
    }

    @Test
    void shouldSayTheStatusOfARefusalInItsBody() throws Exception {
        try (TestGateway gateway = gateway("limits: [{name: l, rate: 1/h, status: 503}]");
                RawClient client = gateway.connect()) {
            client.get("/").readResponse();
            assertThat(client.get("/").readResponse().text()).contains("\"status\":503");
        }
    }

    @Test
    void shouldCountEachKeyByItself() throws Exception {
        String limits =
                "limits: [{name: l, rate: 1/h, key: [header.x-key, route],"
                        + " rateLimitHeaders: legacy}]";
        try (TestGateway gateway = gateway(limits);
                RawClient client = gateway.connect()) {
            assertThat(status(client, "X-Key: a")).isEqualTo(200);
            assertThat(status(client, "X-Key: b")).isEqualTo(200);
            assertThat(status(client, "X-Key: ab")).isEqualTo(200);
            assertThat(status(client, "X-Key: a")).isEqualTo(429);
            assertThat(status(client, "X-Other: a")).isEqualTo(200);
            Response refused = client.send(GET + "X-Key:\r\n\r\n").readResponse();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("x-ratelimit-limit")).isEqualTo("1");
            assertThat(refused.header("x-ratelimit-remaining")).isEqualTo("0");
        }
    }

    @Test
    void shouldHaveAllLimitsAdmitARequest() throws Exception {
        String limits =
                "limits: [{name: many, rate: 1/h, burst: 10}, {name: few, rate: 1/h, cost: 2,"
                        + " burst: 5}]";
        try (TestGateway gateway = gateway(limits);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().status()).isEqualTo(200);
            assertThat(client.get("/").readResponse().status()).isEqualTo(200);
            assertThat(client.get("/").readResponse().status()).isEqualTo(429);
        }
    }

    @Test
    void shouldNotLimitThoseWhoAreExempt() throws Exception {
        String limits = "limits: [{name: l, rate: 1/h, exempt: [127.0.0.0/8]}]";
        try (TestGateway gateway = gateway(limits);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.get("/").readResponse().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void shouldAdmitExactlyAsManyOverAllShards() throws Exception {
        int tries = 10_000;
        int limit = 1_000;
        int clients = 8;
        String limits = "limits: [{name: l, rate: 1/h, burst: " + limit + "}]";
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .shards(2)
                                .route(
                                        "{name: all, path: /*, respond: {body: hi}, filters: {"
                                                + limits
                                                + "}}")
                                .start();
                ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> admitted = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                admitted.add(together.submit(admitted(gateway, tries / clients)));
            }
            int sum = 0;
            for (Future<Integer> one : admitted) {
                sum += one.get();
            }
            assertThat(sum).isEqualTo(limit);
        }
    }

    @Test
    void shouldRememberOverARestart() throws Exception {
        TestGateway first = gateway("limits: [{name: l, rate: 1/h}]");
        try (RawClient client = first.connect()) {
            assertThat(client.get("/").readResponse().status()).isEqualTo(200);
        }
        try (TestGateway second = TestGateway.startIn(first.stop(), true);
                RawClient client = second.connect()) {
            assertThat(client.get("/").readResponse().status()).isEqualTo(429);
        }
    }

    @Test
    void shouldAdmitClientsByTheirNetworks() throws Exception {
        assertThat(statusFor("ipAccess: {deny: [127.0.0.0/8]}")).isEqualTo(403);
        assertThat(statusFor("ipAccess: {deny: [10.0.0.0/8]}")).isEqualTo(200);
        assertThat(statusFor("ipAccess: {allow: [10.0.0.0/8]}")).isEqualTo(403);
        assertThat(statusFor("ipAccess: {allow: [127.0.0.1], deny: [127.0.0.0/8]}")).isEqualTo(200);
        assertThat(statusFor("ipAccess: {allow: [\"::/0\"]}")).isEqualTo(403);
    }

    @Test
    void shouldTakeForTheClientWhomATrustedProxyNames() throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("trustedProxies: [127.0.0.0/8]")
                                .upstream("app", origin)
                                .route(route("ipAccess: {allow: [\"2001:db8::/32\", 10.0.0.0/8]}"))
                                .start();
                RawClient client = gateway.connect()) {
            assertThat(status(client, "X-Forwarded-For: 10.1.2.3")).isEqualTo(200);
            assertThat(status(client, "X-Forwarded-For: 10.1.2.3, 192.0.2.1")).isEqualTo(403);
            assertThat(status(client, "X-Forwarded-For: 192.0.2.1, 2001:db8::1")).isEqualTo(200);
            assertThat(status(client, "X-Other: 10.1.2.3")).isEqualTo(403);
        }
    }

    private static Callable<Integer> admitted(TestGateway gateway, int tries) {
        return () -> {
            int admitted = 0;
            try (RawClient client = gateway.connect()) {
                for (int i = 0; i < tries; i++) {
                    admitted += client.get("/").readResponse().status() == 200 ? 1 : 0;
                }
            }
            return admitted;
        };
    }

    private int statusFor(String filters) throws Exception {
        try (TestGateway gateway = gateway(filters);
                RawClient client = gateway.connect()) {
            return client.get("/").readResponse().status();
        }
    }

    private static int status(RawClient client, String field) throws Exception {
        return client.send(GET + field + "\r\n\r\n").readResponse().status();
    }

    private TestGateway gateway(String filters) throws Exception {
        return TestGateway.on(transport).upstream("app", origin).route(route(filters)).start();
    }

    private static String route(String filters) {
        return "{name: all, path: /*, upstream: app, filters: {" + filters + "}}";
    }
}
