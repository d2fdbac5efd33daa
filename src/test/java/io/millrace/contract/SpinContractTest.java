package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Serving with shards that look for more before they sleep; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class SpinContractTest {
    private static final int REQUESTS = 500;

    /** The turns are counted once a second. */
    private static final int IDLE_MS = 1100;

    /** In two seconds 240 ticks make two turns each; a loop that spins makes 100,000 and more. */
    private static final int IDLE_TURNS = 1000;

    private final Transport transport;

    SpinContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldAnswerAndComeToRest() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("found");
                TestGateway gateway = gateway(origin, "");
                RawClient client = gateway.connect()) {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(client.get("/").readResponse().text()).isEqualTo("found");
            }
            assertThat(client.staysSilentFor(IDLE_MS)).isTrue();
            double before = turns(gateway);
            assertThat(client.staysSilentFor(IDLE_MS)).isTrue();
            assertThat(turns(gateway) - before).isLessThan(IDLE_TURNS);
            assertThat(client.get("/").readResponse().text()).isEqualTo("found");
        }
    }

    @Test
    void shouldKeepDeadlines() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.awaitEnd());
                TestGateway gateway = gateway(origin, "timeouts: {response: 100ms}");
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().status()).isEqualTo(504);
        }
    }

    @Test
    void shouldTakeANewConfigurationWhileItServes() throws Exception {
        TestGateway.Setup fixed =
                setup().route("{name: all, path: /*, respond: {status: 200, body: new}}");
        try (ScriptedOrigin origin = ScriptedOrigin.answering("old");
                TestGateway gateway = gateway(origin, "");
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("old");
            assertThat(gateway.reload(fixed)).isTrue();
            eventually(
                    "the new answer is given",
                    () -> client.get("/").readResponse().text().equals("new"));
        }
    }

    private TestGateway gateway(ScriptedOrigin origin, String keys) throws IOException {
        return setup().upstream("app", origin, keys).start();
    }

    private TestGateway.Setup setup() {
        return TestGateway.on(transport).server("spin: 50us\n  drainTimeout: 100ms");
    }

    private static double turns(TestGateway gateway) throws IOException {
        return gateway.metrics().sum("millrace_shard_loop_turns_total");
    }
}
