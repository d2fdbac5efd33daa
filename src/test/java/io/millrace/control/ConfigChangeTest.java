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

    @Test
    void shouldNameListenersWhoseLimitsChanged() {
        GatewayConfig before = listener("{headerCount: 7}");

        assertThat(ConfigChange.describe(before, listener("{headerCount: 7, pipelined: 1}")))
                .isEqualTo("listeners changed: http");
        assertThat(ConfigChange.describe(before, listener("{headerCount: 7, pipelined: 16}")))
                .as("the default, written out")
                .isEqualTo("nothing differs");
    }

    @Test
    void shouldNameUpstreamsWhosePipeliningChanged() {
        GatewayConfig before = upstream("");
        GatewayConfig after = upstream(", pipelining: {}");

        assertThat(ConfigChange.describe(before, after)).isEqualTo("upstreams changed: app");
        assertThat(ConfigChange.describe(after, upstream(", pipelining: {depth: 33}")))
                .isEqualTo("upstreams changed: app");
        assertThat(ConfigChange.describe(before, upstream(", pipelining: off")))
                .as("the default, written out")
                .isEqualTo("nothing differs");
    }

    private static GatewayConfig upstream(String keys) {
        return config("upstreams: {app: {endpoints: [127.0.0.1:1]" + keys + "}}\n");
    }

    private static GatewayConfig listener(String limits) {
        return parse(REST.replace("127.0.0.1:0", "127.0.0.1:0, limits: " + limits));
    }

    private static GatewayConfig config(String sections) {
        return parse(sections + REST);
    }

    private static GatewayConfig parse(String text) {
        ConfigResult result = ConfigLoader.parse("f", text);
        assertThat(result.problems()).isEmpty();
        return Objects.requireNonNull(result.config());
    }
}
