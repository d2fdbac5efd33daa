package io.millrace.scenario;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.ForkedGateway;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sends signals to a gateway in its own process; owned by the test's thread. */
final class SignalsIT {
    @TempDir Path directory;

    @Test
    void shouldDrainOnSigterm() throws Exception {
        CountDownLatch draining = new CountDownLatch(1);
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.reply("warm");
                            connection.readRequest();
                            connection.await(draining);
                            connection.reply("finished");
                            connection.awaitEnd();
                        });
                ForkedGateway gateway =
                        ForkedGateway.run(
                                file.write(origin, 0, "drainTimeout: 20s").path(),
                                file.adminPort());
                RawClient idle = RawClient.connect(file.address());
                RawClient busy = RawClient.connect(file.address())) {
            assertThat(idle.get("/idle").readResponse().text()).isEqualTo("warm");
            origin.takeRequest();
            busy.get("/busy");
            origin.takeRequest();
            gateway.signal("TERM");
            eventually("the gateway is not ready any more", () -> gateway.ready() == 503);
            idle.expectClose();
            draining.countDown();
            Response last = busy.readResponse();
            assertThat(last.text()).isEqualTo("finished");
            assertThat(last.announcesClose()).isTrue();
            busy.expectClose();
            assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isZero();
            assertThat(gateway.logText())
                    .contains("draining for at most 20000 ms: 1 request(s), 2 connection(s)")
                    .doesNotContain("drainTimeout is over");
        }
    }

    @Test
    void shouldReloadWhenItIsToldSoWhileItStarts() throws Exception {
        try (ForkedGateway gateway = starting()) {
            gateway.signal("HUP");
            gateway.awaitReady();
            eventually("it was reloaded", () -> gateway.logText().contains("reloading"));
        }
    }

    @Test
    void shouldStopInOrderWhenItIsToldSoWhileItStarts() throws Exception {
        try (ForkedGateway gateway = starting()) {
            gateway.signal("TERM");
            assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isZero();
            assertThat(gateway.logText()).contains("stopped");
        }
    }

    /** The directory is made first of all; tables and ports take much longer. */
    private ForkedGateway starting() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.awaitEnd())) {
            file.write(origin, 0);
        }
        ForkedGateway gateway = ForkedGateway.launch(file.path(), file.adminPort(), List.of());
        eventually("it has begun", () -> Files.exists(directory.resolve("state")));
        return gateway;
    }

    @Test
    void shouldEndWithinTheDrainTimeoutWhateverClientsDo() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.awaitEnd();
                        });
                ForkedGateway gateway =
                        ForkedGateway.run(
                                file.write(origin, 0, "drainTimeout: 1s").path(),
                                file.adminPort());
                RawClient stuck = RawClient.connect(file.address())) {
            stuck.get("/");
            origin.takeRequest();
            gateway.signal("TERM");
            assertThat(gateway.awaitExit(Duration.ofSeconds(6))).isZero();
        }
    }

    @Test
    void shouldSayWhatItWaitsForAndWhatItCuts() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.reply("warm");
                            connection.readRequest();
                            connection.awaitEnd();
                        });
                ForkedGateway gateway =
                        ForkedGateway.run(
                                file.write(origin, 0, "drainTimeout: 6s").path(),
                                file.adminPort());
                RawClient idle = RawClient.connect(file.address());
                RawClient stuck = RawClient.connect(file.address());
                RawClient tunnel = RawClient.connect(file.tunnelAddress())) {
            assertThat(idle.get("/idle").readResponse().text()).isEqualTo("warm");
            assertThat(tunnel.get("/").readResponse().text()).isEqualTo("warm");
            stuck.get("/");
            origin.takeRequest();
            origin.takeRequest();
            origin.takeRequest();
            gateway.signal("TERM");
            idle.expectClose();
            assertThat(gateway.awaitExit(Duration.ofSeconds(12))).isZero();
            assertThat(gateway.logText())
                    .containsSubsequence(
                            "draining for at most 6000 ms: 1 request(s), 2 connection(s),"
                                    + " 1 tunnel(s) in flight",
                            "ms: 1 request(s), 1 connection(s), 1 tunnel(s) still in flight",
                            "server.drainTimeout is over; 1 request(s), 1 connection(s),"
                                    + " 1 tunnel(s) are cut",
                            "stopped");
        }
    }

    @Test
    void shouldReloadOnSighup() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin = ScriptedOrigin.answering("app");
                ForkedGateway gateway =
                        ForkedGateway.run(file.write(origin, 0).path(), file.adminPort());
                RawClient client = RawClient.connect(file.address())) {
            assertThat(client.get("/r/2").readResponse().text()).isEqualTo("app");
            file.write(origin, 3);
            gateway.signal("HUP");
            eventually(
                    "the new route answers",
                    () -> client.get("/r/2").readResponse().text().equals("3"));
            Files.writeString(file.path(), "{]");
            gateway.signal("HUP");
            eventually(
                    "the log names the file",
                    () -> gateway.logText().contains(file.path() + ":1:"));
            assertThat(client.get("/r/2").readResponse().text()).isEqualTo("3");
        }
    }

    @Test
    void shouldReloadWhenTheFileChanges() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin = ScriptedOrigin.answering("app");
                ForkedGateway gateway =
                        ForkedGateway.run(file.write(origin, 0).path(), file.adminPort());
                RawClient client = RawClient.connect(file.address())) {
            assertThat(client.get("/r/1").readResponse().text()).isEqualTo("app");
            file.write(origin, 2);
            eventually(
                    "the new route answers",
                    () -> client.get("/r/1").readResponse().text().equals("2"));
            assertThat(gateway.ready()).isEqualTo(200);
        }
    }

    @Test
    void shouldExitWithOneOnAWrongFile() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        Files.writeString(file.path(), "listeners:\n  http: {bindd: 127.0.0.1:0}\n");
        try (ForkedGateway gateway =
                ForkedGateway.launch(file.path(), file.adminPort(), List.of("--strict"))) {
            assertThat(gateway.awaitExit(Duration.ofSeconds(20))).isEqualTo(1);
            assertThat(gateway.logText())
                    .contains(file.path() + ":2:")
                    .contains("bindd")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void shouldExitWithThreeWhenThePortIsTaken() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                java.net.ServerSocket taken =
                        new java.net.ServerSocket(
                                file.port(), 1, java.net.InetAddress.getLoopbackAddress());
                ForkedGateway gateway =
                        ForkedGateway.launch(
                                file.write(origin, 0).path(), file.adminPort(), List.of())) {
            assertThat(gateway.awaitExit(Duration.ofSeconds(20))).isEqualTo(3);
            assertThat(gateway.logText())
                    .contains(Integer.toString(taken.getLocalPort()))
                    .doesNotContain("\tat ");
        }
    }
}
