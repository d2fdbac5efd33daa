package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigLoader;
import io.millrace.config.ConfigResult;
import io.millrace.config.GatewayConfig;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Shows that every changed setting is named; owned by the test's thread. */
final class ConfigChangeTest {
    private static final String REST =
            """
            listeners: {http: {bind: 127.0.0.1:0}}
            routes: [{name: a, path: /, respond: {status: 200}}]
            """;

    @Test
    void shouldNameSettingsOfTheProcess() {
        GatewayConfig before = config("server: {stateDirectory: /s}\n");
        GatewayConfig after =
                config(
                        "server: {stateDirectory: /s, drainTimeout: 5s, accessLog: stdout, splice:"
                                + " {pipes: 7}}\nadmin: {bind: 127.0.0.1:1}\n");

        assertThat(ConfigChange.describe(before, after))
                .isEqualTo(
                        "settings changed: server.drainTimeout, server.accessLog,"
                                + " server.splice.pipes, admin.bind");
        assertThat(ConfigChange.describe(after, after)).isEqualTo("nothing differs");
    }

    @Test
    void shouldNameWhatWaitsForARestart() {
        GatewayConfig started = config("server: {stateDirectory: /s, shards: 1}\n");
        GatewayConfig after =
                config(
                        "server: {stateDirectory: /t, shards: 2, accessLog: stdout, drainTimeout:"
                                + " 5s}\n");

        assertThat(ConfigChange.ignoredUntilRestart(started, after))
                .containsExactly("server.shards", "server.stateDirectory", "server.accessLog");
        assertThat(ConfigChange.ignoredUntilRestart(started, started)).isEmpty();
    }

    private static GatewayConfig config(String sections) {
        ConfigResult result = ConfigLoader.parse("f", sections + REST);
        assertThat(result.problems()).isEmpty();
        return Objects.requireNonNull(result.config());
    }
}
