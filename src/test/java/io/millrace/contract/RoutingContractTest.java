package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Says which route takes a request and what is answered when none does; owned by the test's thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class RoutingContractTest {
    private final Transport transport;

    RoutingContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldAnswerFixedResponsesItself() throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .route(
                                        "{name: hello, path: /hello, respond: {status: 200, body:"
                                                + " \"hi\\n\", contentType: text/plain}}")
                                .start();
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                Response response = client.get("/hello").readResponse();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.header("content-type")).isEqualTo("text/plain");
                assertThat(response.text()).isEqualTo("hi\n");
            }
            client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse("HEAD").header("content-length")).isEqualTo("3");
            assertThat(client.get("/hello").readResponse().text()).isEqualTo("hi\n");
        }
    }

    @Test
    void shouldReadPastTheBodyOfARequestThatItAnswersItself() throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .route("{name: ok, path: /*, respond: {status: 200, body: ok}}")
                                .start();
                RawClient client = gateway.connect()) {
            String hidden = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
            client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
                            + hidden.length()
                            + "\r\n\r\n"
                            + hidden);
            assertThat(client.readResponse().text()).isEqualTo("ok");
            client.finishSending();
            client.expectEnd();
        }
    }

    @Test
    void shouldAnswer404WithoutARoute() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .route("{name: a, path: /a, upstream: app}")
                                .start();
                RawClient client = gateway.connect()) {
            Response response = client.get("/b").readResponse();
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.text()).contains("no_route");
            assertThat(client.get("/a").readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void shouldAnswer405WithTheMethodsThatAreAllowed() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .route("{name: a, path: /a, methods: [GET, HEAD], upstream: app}")
                                .route("{name: b, path: /a, methods: [PUT], upstream: app}")
                                .start();
                RawClient client = gateway.connect()) {
            client.send("DELETE /a HTTP/1.1\r\nHost: a\r\n\r\n");
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.fields().members("allow"))
                    .containsExactlyInAnyOrder("get", "head", "put");
            assertThat(response.text()).contains("method_not_allowed");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/secret/x, secret",
        "/a/../secret/x, secret",
        "/%73ecret/x, secret",
        "/./secret/./x, secret",
        "/secret%2Fx, other",
        "/secretx, other",
        "/, other",
    })
    void shouldMatchOnTheNormalisedPath(String target, String expected) throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .route(responding("secret", "path: /secret/*"))
                                .route(responding("other", "path: /*"))
                                .start();
                RawClient client = gateway.connect()) {
            assertThat(client.get(target).readResponse().text()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com, exact",
        "API.Example.COM, exact",
        "api.example.com:8080, exact",
        "x.example.com, wild",
        "a.b.example.com, wild",
        "example.com, default",
        "other.org, default",
    })
    void shouldPreferTheMoreSpecificHost(String host, String expected) throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .route(responding("default", "path: /*"))
                                .route(responding("wild", "hosts: [\"*.example.com\"], path: /*"))
                                .route(responding("exact", "hosts: [api.example.com], path: /*"))
                                .start();
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(client.readResponse().text()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/user/me, literal",
        "/user/42, parameter",
        "/user/42/posts, rest",
        "/user/me/posts, rest",
        "/user/42/posts/7/edit, deep",
    })
    void shouldPreferTheMoreSpecificPath(String target, String expected) throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .route(responding("rest", "path: /user/*"))
                                .route(responding("deep", "path: /user/:id/posts/:post/edit"))
                                .route(responding("parameter", "path: /user/:id"))
                                .route(responding("literal", "path: /user/me"))
                                .start();
                RawClient client = gateway.connect()) {
            assertThat(client.get(target).readResponse().text()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/?beta=1, X-Nothing: 0, beta",
        "/?a=b&beta=1, X-Nothing: 0, beta",
        "/?beta=2, X-Nothing: 0, plain",
        "/, x-version: v1, v1",
        "/, X-VERSION: v1, v1",
        "/, x-version: v2, plain",
        "/, X-Debug: anything, debug",
    })
    void shouldTestHeadersAndQueries(String target, String field, String expected)
            throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .route(responding("plain", "path: /*"))
                                .route(responding("beta", "path: /*, query: {beta: \"1\"}"))
                                .route(responding("v1", "path: /*, headers: {x-version: v1}"))
                                .route(
                                        responding(
                                                "debug",
                                                "path: /*, headers: {x-debug: {present: true}}"))
                                .start();
                RawClient client = gateway.connect()) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n");
            assertThat(client.readResponse().text()).isEqualTo(expected);
        }
    }

    private static String responding(String name, String tests) {
        return "{name: " + name + ", " + tests + ", respond: {status: 200, body: " + name + "}}";
    }
}
