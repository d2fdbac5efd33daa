package io.millrace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.ForkedGateway;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the gateway while it publishes tables and starts it anew; owned by the test's thread. */
final class CrashIT {
    private static final int ROUNDS = 4;
    private static final int ROUTES = 2_000;

    @TempDir Path directory;

    @Test
    void shouldStartCleanlyAfterAKillInTheMiddleOfPublishing() throws Exception {
        Random moments = new Random(42);
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin = ScriptedOrigin.answering("app")) {
            file.write(origin, ROUTES);
            for (int round = 0; round < ROUNDS; round++) {
                killWhilePublishing(file, origin, moments.nextInt(150));
                startOnLastGood(file);
                file.write(origin, ROUTES + round);
            }
            try (ForkedGateway gateway = ForkedGateway.run(file.path(), file.adminPort());
                    RawClient client = RawClient.connect(file.address())) {
                assertThat(client.get("/r/0").readResponse().text())
                        .isEqualTo(Integer.toString(ROUTES + ROUNDS - 1));
                assertThat(gateway.ready()).isEqualTo(200);
            }
        }
    }

    private static void killWhilePublishing(ProcessFile file, ScriptedOrigin origin, int moment)
            throws Exception {
        try (ForkedGateway gateway = ForkedGateway.run(file.path(), file.adminPort())) {
            for (int i = 0; i < 3; i++) {
                file.write(origin, ROUTES + i);
                gateway.signal("HUP");
                // The moment of the kill must vary; what holds afterwards must not depend on it.
                LockSupport.parkNanos(moment * 1_000_000L);
            }
            gateway.kill();
        }
    }

    /**
     * With a broken file, what serves comes whole from the store: every route of one generation.
     */
    private static void startOnLastGood(ProcessFile file) throws Exception {
        Files.writeString(file.path(), "{]");
        try (ForkedGateway gateway =
                        ForkedGateway.runOnState(
                                file.path(), file.directory().resolve("state"), file.adminPort());
                RawClient client = RawClient.connect(file.address())) {
            String generation = client.get("/r/0").readResponse().text();
            assertThat(Integer.parseInt(generation)).isGreaterThanOrEqualTo(ROUTES);
            int last = Integer.parseInt(generation) - 1;
            assertThat(client.get("/r/" + last).readResponse().text()).isEqualTo(generation);
            assertThat(client.get("/r/" + generation).readResponse().text()).isEqualTo("app");
            assertThat(gateway.ready()).isEqualTo(200);
        }
    }
}
