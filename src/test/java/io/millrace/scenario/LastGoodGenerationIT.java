package io.millrace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.Directories;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Starts gateways on files that are broken or gone; owned by the test's thread. */
final class LastGoodGenerationIT {
    private ScriptedOrigin origin;
    private Path directory;

    @BeforeEach
    void serveOnce() throws IOException {
        origin = ScriptedOrigin.answering("last good");
        TestGateway gateway = TestGateway.inFrontOf(origin, Transport.EPOLL);
        try (RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("last good");
        } finally {
            directory = gateway.stop();
        }
    }

    @AfterEach
    void clean() throws IOException {
        origin.close();
        Directories.delete(directory);
    }

    @Test
    void shouldServeTheLastGoodGenerationWhenTheFileIsBroken() throws Exception {
        Files.writeString(directory.resolve("millrace.yaml"), "listeners: [broken\n");
        expectLastGood();
    }

    @Test
    void shouldServeTheLastGoodGenerationWhenTheFileIsGone() throws Exception {
        Files.delete(directory.resolve("millrace.yaml"));
        expectLastGood();
    }

    @Test
    void shouldRefuseABrokenFileWhenStrict() throws Exception {
        Files.writeString(directory.resolve("millrace.yaml"), "listeners: [broken\n");
        assertThatThrownBy(() -> TestGateway.startIn(directory, true).close())
                .hasMessageContaining("millrace.yaml");
    }

    @Test
    void shouldRefuseABrokenFileWhenThereIsNoGeneration() throws Exception {
        Path fresh = Files.createTempDirectory("millrace-test");
        try {
            Files.writeString(fresh.resolve("millrace.yaml"), "listeners: [broken\n");
            assertThatThrownBy(() -> TestGateway.startIn(fresh, false).close())
                    .hasMessageContaining("millrace.yaml");
        } finally {
            Directories.delete(fresh);
        }
    }

    private void expectLastGood() throws Exception {
        TestGateway gateway = TestGateway.startIn(directory, false);
        try (RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("last good");
        } finally {
            gateway.stop();
        }
    }
}
