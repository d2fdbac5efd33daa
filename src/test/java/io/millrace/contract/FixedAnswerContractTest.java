package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says what clients get of a fixed answer, again and again; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class FixedAnswerContractTest {
    private static final int ROUTES = 600;

    private final Transport transport;

    FixedAnswerContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldGiveEachRouteItsOwnAnswerHoweverManyThereAre() throws Exception {
        TestGateway.Setup setup = TestGateway.on(transport);
        for (int i = 0; i < ROUTES; i++) {
            setup.route(respond("r" + i, "/" + i, "answer " + i));
        }
        try (TestGateway gateway = setup.start();
                RawClient client = gateway.connect()) {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < ROUTES; i++) {
                    assertThat(client.get("/" + i).readResponse().text()).isEqualTo("answer " + i);
                }
            }
        }
    }

    @Test
    void shouldGiveTheTimeOfEachAnswer() throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport).route(respond("a", "/*", "a")).start();
                RawClient client = gateway.connect()) {
            ZonedDateTime first = date(client.get("/").readResponse());
            assertThat(date(client.get("/").readResponse())).isBetween(first, first.plusSeconds(1));
            LockSupport.parkNanos(Duration.ofMillis(1500).toNanos());
            Response later = client.get("/").readResponse();
            assertThat(date(later)).isBetween(first.plusSeconds(1), first.plusSeconds(20));
            assertThat(later.text()).isEqualTo("a");
        }
    }

    @Test
    void shouldAnswerAccordingToTheRequestAfterManyThatWereUsual() throws Exception {
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .route(respond("a", "/*", "long " + "x".repeat(2000)))
                                .start();
                RawClient client = gateway.connect();
                RawClient old = gateway.connect();
                RawClient last = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                Response usual = client.get("/").readResponse();
                assertThat(usual.text()).hasSize(2005);
                assertThat(usual.header("connection")).isNull();
            }
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse("HEAD").header("content-length")).isEqualTo("2005");
            assertThat(client.get("/").readResponse().text()).hasSize(2005);
            old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(old.readResponse().header("connection")).isEqualTo("keep-alive");
            last.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(last.readResponse().announcesClose()).isTrue();
            last.expectClose();
        }
    }

    @Test
    void shouldAnswerAnewAfterAReload() throws Exception {
        TestGateway.Setup before = TestGateway.on(transport).route(respond("a", "/*", "before"));
        try (TestGateway gateway = before.start();
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("before");
            assertThat(client.get("/").readResponse().text()).isEqualTo("before");
            TestGateway.Setup after = TestGateway.on(transport).route(respond("a", "/*", "after"));
            assertThat(gateway.reload(after)).isTrue();
            assertThat(client.get("/").readResponse().text()).isEqualTo("after");
        }
    }

    private static String respond(String name, String path, String body) {
        return "{name: %s, path: %s, respond: {status: 200, body: \"%s\"}}"
                .formatted(name, path, body);
    }

    private static ZonedDateTime date(Response response) {
        return ZonedDateTime.parse(
                Objects.requireNonNull(response.header("date")),
                DateTimeFormatter.RFC_1123_DATE_TIME);
    }
}
