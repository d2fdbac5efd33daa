package io.millrace.scenario;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.ForkedGateway;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** At the limit of descriptors clients wait, and are served later; owned by the test's thread. */
final class DescriptorLimitIT {
    private static final int LIMIT = 400;
    private static final int CLIENTS = 450;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldAcceptAgainWhenDescriptorsAreFree(Transport transport) throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        List<RawClient> clients = new ArrayList<>();
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x")) {
            file.write(origin, 0, "transport: " + transport.key());
            try (ForkedGateway gateway =
                    ForkedGateway.runPackagedBehind(
                            List.of("prlimit", "--nofile=" + LIMIT),
                            file.path(),
                            file.adminPort())) {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(RawClient.connect(file.address()));
                }
                eventually(
                        "it says that it accepts nothing",
                        PATIENCE,
                        () -> gateway.logText().contains("accepts nothing for a second"));
                RawClient waiting = clients.removeLast();
                for (RawClient client : clients) {
                    client.close();
                }
                assertThat(waiting.get("/").readResponse().status()).isEqualTo(200);
                waiting.close();
            }
        }
    }
}
