package io.millrace.scenario;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Load;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes the configuration of a running gateway; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class ReloadIT {
    private static final int RELOADS = 20;

    private final Transport transport;

    ReloadIT(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldReloadUnderLoadWithoutOneFailedRequest() throws Exception {
        try (ScriptedOrigin one = ScriptedOrigin.answering("one");
                ScriptedOrigin two = ScriptedOrigin.answering("two");
                TestGateway gateway = setup(one, 0).shards(2).start();
                Load load = Load.start(gateway.address(), 16, "/")) {
            load.awaitMore(100);
            for (int i = 1; i <= RELOADS; i++) {
                boolean odd = i % 2 == 1;
                assertThat(gateway.reload(setup(odd ? two : one, i).shards(2))).isTrue();
                load.awaitMore(50);
            }
            assertThat(two.requests()).isNotEmpty();
        }
    }

    @Test
    void shouldServeTheNewRoutesAfterAReload() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("app");
                TestGateway gateway = setup(origin, 1).start();
                RawClient client = gateway.connect()) {
            assertThat(client.get("/extra/0").readResponse().text()).isEqualTo("extra 0");
            assertThat(client.get("/extra/5").readResponse().text()).isEqualTo("app");
            assertThat(gateway.reload(setup(origin, 6))).isTrue();
            eventually(
                    "the new route answers on the old connection",
                    () -> client.get("/extra/5").readResponse().text().equals("extra 5"));
        }
    }

    @Test
    void shouldKeepTheOldGenerationWhenTheNewFileIsWrong() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("app");
                TestGateway gateway = setup(origin, 1).start();
                RawClient client = gateway.connect()) {
            assertThat(gateway.reload("listeners: {http: {bindd: 1}}\n")).isFalse();
            assertThat(gateway.reload("{]\n")).isFalse();
            assertThat(gateway.reload(setup(origin, 1).route("{name: x, path: /x, upstream: y}")))
                    .isFalse();
            assertThat(client.get("/extra/0").readResponse().text()).isEqualTo("extra 0");
            assertThat(gateway.reload(setup(origin, 3))).isTrue();
            eventually(
                    "the corrected file is served",
                    () -> client.get("/extra/2").readResponse().text().equals("extra 2"));
        }
    }

    @Test
    void shouldFinishAnExchangeOnTheGenerationThatItBeganWith() throws Exception {
        CountDownLatch reloaded = new CountDownLatch(1);
        try (ScriptedOrigin old =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nold");
                            connection.await(reloaded);
                            connection.send("old");
                            connection.awaitEnd();
                        });
                ScriptedOrigin fresh = ScriptedOrigin.answering("fresh");
                TestGateway gateway = setup(old, 0).start();
                RawClient client = gateway.connect();
                RawClient other = gateway.connect()) {
            client.get("/");
            old.takeRequest();
            assertThat(gateway.reload(setup(fresh, 0))).isTrue();
            eventually(
                    "the new generation serves",
                    () -> other.get("/extra").readResponse().text().equals("fresh"));
            reloaded.countDown();
            assertThat(client.readResponse().text()).isEqualTo("oldold");
            assertThat(client.get("/").readResponse().text()).isEqualTo("fresh");
        }
    }

    private TestGateway.Setup setup(ScriptedOrigin origin, int extraRoutes) {
        TestGateway.Setup setup =
                TestGateway.on(transport)
                        .upstream("app", origin)
                        .route("{name: all, path: /*, upstream: app}");
        for (int i = 0; i < extraRoutes; i++) {
            setup.route(
                    "{name: extra%d, path: /extra/%d, respond: {status: 200, body: extra %d}}"
                            .formatted(i, i, i));
        }
        return setup;
    }
}
