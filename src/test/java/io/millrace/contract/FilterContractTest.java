package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What filters change in requests and answers; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class FilterContractTest {
    private static final String BODY = "from the origin";

    @AutoClose private final ScriptedOrigin origin = ScriptedOrigin.answering(BODY);
    private final Transport transport;

    FilterContractTest(Transport transport) throws Exception {
        this.transport = transport;
    }

    @Test
    void shouldRemoveSetAndAddFieldsOfTheRequest() throws Exception {
        Request got =
                forwarded(
                        "/u/:id",
                        "requestHeaders: {remove: [X-Debug], set: {x-user: \"u-{path.id}\"},"
                                + " add: {x-tag: edge}}",
                        "GET /u/7 HTTP/1.1\r\nHost: a\r\nx-debug: 1\r\nX-User: root\r\nx-tag:"
                                + " own\r\nX-DEBUG: 2\r\nAccept: a/b\r\n\r\n");
        assertThat(got.header("x-debug")).isNull();
        assertThat(got.fields().all("x-user")).containsExactly("u-7");
        assertThat(got.fields().all("x-tag")).containsExactly("own", "edge");
        assertThat(got.header("accept")).isEqualTo("a/b");
    }

    @Test
    void shouldNameClientAndRequestToTheOrigin() throws Exception {
        Request got =
                forwarded(
                        "/*",
                        "requestHeaders: {set: {x-who: \"{client.ip} {request.id}"
                                + " {header.user-agent} {{}} {path.*}\"}}",
                        "GET /a/b HTTP/1.1\r\nHost: a\r\nUser-Agent: one\r\nuser-agent:"
                                + " two\r\n\r\n");
        assertThat(got.header("x-who"))
                .isEqualTo("127.0.0.1 " + got.header("x-request-id") + " one,two {} a/b");
    }

    @Test
    void shouldSetTheHostThatTheOriginGets() throws Exception {
        String filters = "requestHeaders: {set: {Host: inner.example}}";
        Request got = forwarded("/*", filters, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(got.fields().all("host")).containsExactly("inner.example");
        Request absolute = forwarded("/*", filters, "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(absolute.fields().all("host")).containsExactly("inner.example");
    }

    @Test
    void shouldGiveTheOriginAnotherPathWithTheSameQuery() throws Exception {
        String rewrite = "rewrite: {path: \"/v2/{path.id}/of/{client.ip}\"}";
        Request got =
                forwarded("/u/:id", rewrite, "GET /u/a%20b?q=1&r=%2F HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(got.target()).isEqualTo("/v2/a%20b/of/127.0.0.1?q=1&r=%2F");
    }

    @Test
    void shouldReplaceThePrefixOfWholeSegmentsOnly() throws Exception {
        String rewrite = "rewrite: {prefix: /api, replacePrefix: /v1}";
        assertThat(target(rewrite, "/api/users?x=1")).isEqualTo("/v1/users?x=1");
        assertThat(target(rewrite, "/api")).isEqualTo("/v1");
        assertThat(target(rewrite, "/apis")).isEqualTo("/apis");
        assertThat(target("rewrite: {prefix: /api}", "/api")).isEqualTo("/");
        assertThat(target("rewrite: {prefix: /api}", "/api/x")).isEqualTo("/x");
        assertThat(target("rewrite: {prefix: /api}", "/api//evil.example/x"))
                .isEqualTo("/evil.example/x");
        assertThat(target("rewrite: {prefix: /, replacePrefix: /v1}", "/x")).isEqualTo("/v1/x");
    }

    @Test
    void shouldNotLetAnEscapedPrefixPassUnchanged() throws Exception {
        assertThat(target("rewrite: {prefix: /api, replacePrefix: /v1}", "/%61pi/../api/x"))
                .isEqualTo("/v1/x");
    }

    @Test
    void shouldChangeFieldsOfTheAnswer() throws Exception {
        String filters =
                "responseHeaders: {remove: [X-Powered-By], set: {Server: edge}, add: {x-id:"
                        + " \"{path.*}\"}}";
        try (ScriptedOrigin talkative =
                        ScriptedOrigin.start(connection -> {
                            while (true) {
                                connection.readRequest();
                                connection.send(
                                        "HTTP/1.1 200 OK\r\nDate: x\r\nServer:"
                                                + " old\r\nX-Powered-By: y\r\nContent-Length:"
                                                + " 2\r\n\r\nok");
                            }
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", talkative)
                                .route(route("/*", filters))
                                .start();
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                Response got = client.get("/p" + i).readResponse();
                assertThat(got.fields().all("server")).containsExactly("edge");
                assertThat(got.header("x-powered-by")).isNull();
                assertThat(got.header("x-id")).isEqualTo("p" + i);
                assertThat(got.text()).isEqualTo("ok");
            }
        }
    }

    @Test
    void shouldChangeAnswersThatAreTheGatewaysOwnToo(@TempDir Path root) throws Exception {
        Files.createDirectory(root.resolve("files"));
        Files.writeString(root.resolve("files/a.txt"), "a file");
        String filters = "filters: {responseHeaders: {set: {x-frame-options: DENY}}}}";
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", "{endpoints: [\"127.0.0.1:1\"]}")
                                .route("{name: gone, path: /gone, upstream: app, " + filters)
                                .route(
                                        "{name: fixed, path: /fixed, respond: {body: hello}, "
                                                + filters)
                                .route(
                                        "{name: files, path: /files/*, files: {root: \""
                                                + root
                                                + "\", cacheControl: no-cache}, "
                                                + filters.replace("}}}}", ", cache-control: x}}}}"))
                                .start();
                RawClient client = gateway.connect()) {
            Response fixed = client.get("/fixed").readResponse();
            assertThat(fixed.header("x-frame-options")).isEqualTo("DENY");
            assertThat(fixed.text()).isEqualTo("hello");
            Response gone = client.get("/gone").readResponse();
            assertThat(gone.status()).isEqualTo(502);
            assertThat(gone.header("x-frame-options")).isEqualTo("DENY");
            Response file = client.get("/files/a.txt").readResponse();
            assertThat(file.header("x-frame-options")).isEqualTo("DENY");
            assertThat(file.fields().all("cache-control")).containsExactly("x");
            assertThat(file.text()).isEqualTo("a file");
            Response missing = client.get("/files/b.txt").readResponse();
            assertThat(missing.status()).isEqualTo(404);
            assertThat(missing.header("x-frame-options")).isEqualTo("DENY");
        }
    }

    @Test
    void shouldSetFieldsThatTheGatewayWritesItself() throws Exception {
        String filters = "responseHeaders: {set: {content-type: text/html, date: never}}";
        Response fixed =
                answer(
                        "{name: r, path: /*, respond: {body: hi}, filters: {" + filters + "}}",
                        "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(fixed.fields().all("content-type")).containsExactly("text/html");
        assertThat(fixed.fields().all("date")).containsExactly("never");
        assertThat(fixed.text()).isEqualTo("hi");
        Response passed = answer(route("/*", filters), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(passed.fields().all("date")).containsExactly("never");
    }

    @Test
    void shouldRedirectWithoutAnyOtherTarget() throws Exception {
        Response lasting =
                answer(
                        "{name: r, path: /old/*, filters: {redirect: {location:"
                                + " \"https://new.example/{path.*}\"}}}",
                        "GET /old/a/b%20c?x=1 HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(lasting.status()).isEqualTo(308);
        assertThat(lasting.header("location")).isEqualTo("https://new.example/a/b%20c?x=1");
        assertThat(lasting.header("content-length")).isEqualTo("0");
        Response here =
                answer(
                        "{name: r, path: /old/*, filters: {redirect: {status: 302, location:"
                                + " \"/{path.*}?from=old\"}}}",
                        "GET /old//evil.example/?x=1 HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(here.status()).isEqualTo(302);
        assertThat(here.header("location")).isEqualTo("/evil.example/?from=old");
    }

    @Test
    void shouldTakeOfAPolicyWhatTheRouteDoesNotSay() throws Exception {
        String policy =
                "{requestHeaders: {set: {x-a: policy}}, responseHeaders: {set: {x-b: policy}}}";
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .policy("public", policy)
                                .route(
                                        "{name: all, path: /*, upstream: app, policies: [public],"
                                                + " filters: {requestHeaders: {set: {x-a: route}}}}")
                                .start();
                RawClient client = gateway.connect()) {
            Response got = client.get("/").readResponse();
            assertThat(got.header("x-b")).isEqualTo("policy");
            assertThat(origin.takeRequest().header("x-a")).isEqualTo("route");
        }
    }

    private String target(String filters, String path) throws Exception {
        return forwarded("/*", filters, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").target();
    }

    private Request forwarded(String path, String filters, String request) throws Exception {
        assertThat(answer(route(path, filters), request).text()).isEqualTo(BODY);
        return origin.takeRequest();
    }

    private Response answer(String route, String request) throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport).upstream("app", origin).route(route).start();
                RawClient client = gateway.connect()) {
            return client.send(request).readResponse();
        }
    }

    private static String route(String path, String filters) {
        return "{name: all, path: \"" + path + "\", upstream: app, filters: {" + filters + "}}";
    }
}
