package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.balance.PipeliningSettings;
import io.millrace.config.ConfigLoader;
import io.millrace.config.GatewayConfig;
import io.millrace.route.RouteCompiler;
import io.millrace.route.RouteTable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Shows what an upstream's options become; owned by the test's thread. */
final class SnapshotCompilerTest {
    @Test
    void shouldShareNoConnectionUnlessTold() {
        assertThat(pipelining("")).isEqualTo(PipeliningSettings.OFF);
        assertThat(pipelining("")).extracting(PipeliningSettings::isOn).isEqualTo(false);
        assertThat(pipelining(", pipelining: off")).isEqualTo(PipeliningSettings.OFF);
    }

    @Test
    void shouldBoundSharedConnections() {
        assertThat(pipelining(", pipelining: {}"))
                .isEqualTo(new PipeliningSettings(32, 2, 50_000_000, 65_536))
                .extracting(PipeliningSettings::isOn)
                .isEqualTo(true);
        assertThat(
                        pipelining(
                                ", pipelining: {depth: 1024, connections: 64, maximumAge: 1h,"
                                        + " maximumBuffered: 16MiB}"))
                .isEqualTo(new PipeliningSettings(1024, 64, 3_600_000_000_000L, 16 << 20));
    }

    private static PipeliningSettings pipelining(String keys) {
        GatewayConfig config =
                Objects.requireNonNull(
                        ConfigLoader.parse(
                                        "f",
                                        """
                                        listeners: {http: {bind: 127.0.0.1:0}}
                                        upstreams: {app: {endpoints: [127.0.0.1:1]%s}}
                                        routes: [{name: a, path: /, upstream: app}]
                                        """
                                                .formatted(keys))
                                .config());
        RouteTable routes = new RouteTable(RouteCompiler.compile(config.routes(), List.of("app")));
        return SnapshotCompiler.compile(1, config, routes, Map.of())
                .upstreams()
                .getFirst()
                .pool()
                .pipelining();
    }
}
