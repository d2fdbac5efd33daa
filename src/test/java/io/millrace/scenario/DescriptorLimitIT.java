package io.millrace.scenario;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.ForkedGateway;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At the limit of descriptors clients wait, and are served later; owned by the test's thread. */
final class DescriptorLimitIT {
    private static final int LIMIT = 400;
    private static final int CLIENTS = 450;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll"})
    void shouldAcceptAgainWhenDescriptorsAreFree(String transport) throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        List<RawClient> clients = new ArrayList<>();
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x")) {
            file.write(origin, 0, "transport: " + transport);
            InetSocketAddress admin =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), file.adminPort());
            try (ForkedGateway _ =
                    ForkedGateway.runBehind(
                            List.of("prlimit", "--nofile=" + LIMIT), file.path(), admin)) {
                // Loads the classes: each is a file here, unlike in a distribution.
                RawClient first = RawClient.connect(file.address());
                assertThat(first.get("/").readResponse().status()).isEqualTo(200);
                first.close();
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(RawClient.connect(file.address()));
                }
                Path log = directory.resolve("millrace.log");
                eventually(
                        "it says that it accepts nothing",
                        PATIENCE,
                        () -> Files.readString(log).contains("accepts nothing for a second"));
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
