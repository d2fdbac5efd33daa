package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What pages of other origins are told and may do; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class CorsContractTest {
    private static final String APP = "https://app.example";
    private static final String ALLOWED = "access-control-allow-origin";

    @AutoClose private final ScriptedOrigin origin = ScriptedOrigin.answering("ok");
    private final Transport transport;

    CorsContractTest(Transport transport) throws Exception {
        this.transport = transport;
    }

    @Test
    void shouldAnswerAPreflightInTheOriginsPlace() throws Exception {
        String cors =
                "cors: {origins: [\"https://app.example\"], methods: [GET, PUT], headers: [x-a],"
                        + " credentials: true, maxAge: 5m}";
        Response got = answer("methods: [PUT], ", cors, preflight(APP, "PUT", "x-a"));
        assertThat(got.status()).isEqualTo(204);
        assertThat(got.header(ALLOWED)).isEqualTo(APP);
        assertThat(got.header("access-control-allow-methods")).isEqualTo("GET, PUT");
        assertThat(got.header("access-control-allow-headers")).isEqualTo("x-a");
        assertThat(got.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(got.header("access-control-max-age")).isEqualTo("300");
        assertThat(got.header("vary")).startsWith("Origin");
        assertThat(origin.requests()).isEmpty();
    }

    @Test
    void shouldAllowWhatIsAskedForWhereNothingElseIsSaid() throws Exception {
        Response got = answer("", "cors: {origins: [\"*\"]}", preflight(APP, "PATCH", "x-a, x-b"));
        assertThat(got.header(ALLOWED)).isEqualTo("*");
        assertThat(got.header("access-control-allow-methods")).isEqualTo("PATCH");
        assertThat(got.header("access-control-allow-headers")).isEqualTo("x-a, x-b");
    }

    @Test
    void shouldNotAllowAnotherOrigin() throws Exception {
        String cors = "cors: {origins: [\"https://app.example\"]}";
        for (String other :
                new String[] {"https://app.example.evil", "http://app.example", "null"}) {
            Response asked = answer("", cors, preflight(other, "PUT", "x-a"));
            assertThat(asked.status()).isEqualTo(204);
            assertThat(asked.header(ALLOWED)).isNull();
            assertThat(asked.header("access-control-allow-methods")).isNull();
            Response got = answer("", cors, get(other));
            assertThat(got.text()).isEqualTo("ok");
            assertThat(got.header(ALLOWED)).isNull();
            assertThat(got.header("vary")).isEqualTo("Origin");
        }
    }

    @Test
    void shouldLetPagesReadAnswersAndErrors() throws Exception {
        String cors = "cors: {origins: [\"https://app.example\"], exposed: [x-total]}";
        Response got = answer("", cors, get(APP));
        assertThat(got.header(ALLOWED)).isEqualTo(APP);
        assertThat(got.header("access-control-expose-headers")).isEqualTo("x-total");
        origin.stopListening();
        origin.close();
        Response failed = answer("", cors, get(APP));
        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.header(ALLOWED)).isEqualTo(APP);
    }

    @Test
    void shouldSaySoInTheOriginsPlaceAndNotBesideIt() throws Exception {
        try (ScriptedOrigin generous =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin:"
                                            + " *\r\nContent-Length: 0\r\n\r\n");
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", generous)
                                .route(route("", "cors: {origins: [\"https://app.example\"]}"))
                                .start();
                RawClient client = gateway.connect()) {
            Response got = client.send(get("https://evil.example")).readResponse();
            assertThat(got.fields().all(ALLOWED)).isEmpty();
        }
    }

    @Test
    void shouldPassOnAnOptionsThatIsNoPreflight() throws Exception {
        Response got =
                answer(
                        "",
                        "cors: {origins: [\"*\"]}",
                        "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: " + APP + "\r\n\r\n");
        assertThat(got.text()).isEqualTo("ok");
        assertThat(got.header(ALLOWED)).isEqualTo("*");
    }

    @Test
    void shouldRefuseWhatForeignPagesHaveABrowserChange() throws Exception {
        String check = "originCheck: {trusted: [\"https://app.example\"]}";
        assertThat(post(check, "Origin: https://evil.example")).isEqualTo(403);
        assertThat(post(check, "Origin: null")).isEqualTo(403);
        assertThat(post(check, "Sec-Fetch-Site: cross-site")).isEqualTo(403);
        assertThat(post(check, "Sec-Fetch-Site: same-site\r\nOrigin: http://b.a")).isEqualTo(403);
        assertThat(post(check, "Sec-Fetch-Site: cross-site\r\nOrigin: " + APP)).isEqualTo(200);
        assertThat(post(check, "Sec-Fetch-Site: same-origin")).isEqualTo(200);
        assertThat(post(check, "Origin: http://A")).isEqualTo(200);
        assertThat(post(check, "Origin: http://a.evil")).isEqualTo(403);
        assertThat(post(check, "Accept: */*")).isEqualTo(200);
        assertThat(answer("", check, get("https://evil.example")).status()).isEqualTo(200);
    }

    private int post(String filters, String field) throws Exception {
        return answer(
                        "",
                        filters,
                        "POST / HTTP/1.1\r\nHost: a\r\n" + field + "\r\nContent-Length: 0\r\n\r\n")
                .status();
    }

    private static String get(String from) {
        return "GET / HTTP/1.1\r\nHost: a\r\nOrigin: " + from + "\r\n\r\n";
    }

    private static String preflight(String from, String method, String fields) {
        return "OPTIONS /x HTTP/1.1\r\nHost: a\r\nOrigin: "
                + from
                + "\r\nAccess-Control-Request-Method: "
                + method
                + "\r\nAccess-Control-Request-Headers: "
                + fields
                + "\r\n\r\n";
    }

    private Response answer(String keys, String filters, String request) throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .route(route(keys, filters))
                                .start();
                RawClient client = gateway.connect()) {
            return client.send(request).readResponse();
        }
    }

    private static String route(String keys, String filters) {
        return "{name: all, path: /*, " + keys + "upstream: app, filters: {" + filters + "}}";
    }
}
