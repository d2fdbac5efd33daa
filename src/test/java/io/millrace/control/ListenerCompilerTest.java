package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigLoader;
import io.millrace.config.GatewayConfig;
import io.millrace.snapshot.ListenerSettings;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Shows what a listener's options become; owned by the test's thread. */
final class ListenerCompilerTest {
    @Test
    void shouldBoundTheRequestsUnderWay() {
        assertThat(settings("").pipelinedRequests()).isEqualTo(16);
        assertThat(settings(", limits: {pipelined: 1}").pipelinedRequests()).isEqualTo(1);
    }

    private static ListenerSettings settings(String keys) {
        GatewayConfig config =
                ConfigLoader.parse(
                                "f",
                                "listeners: {http: {bind: 127.0.0.1:0"
                                        + keys
                                        + "}}\n"
                                        + "routes: [{name: a, path: /, respond: {status: 200}}]\n")
                        .config();
        return ListenerCompiler.settings(
                "http",
                Objects.requireNonNull(Objects.requireNonNull(config).listeners().get("http")));
    }
}
