package io.millrace.scenario;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.testing.ForkedGateway;
import io.millrace.testing.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.openhft.affinity.Affinity;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Connections that come through a network device are served by all shards alike, wherever they
 * arrive; owned by the test's thread.
 */
final class SteeringIT {
    private static final int CONNECTIONS = 1_000;
    private static final int ADMIN = 9901;
    private static final int PORT = 8080;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({"io_uring, cpu", "io_uring, hash", "epoll, cpu", "epoll, hash"})
    void shouldServeConnectionsOnAllShardsAlike(String transport, String steering)
            throws Exception {
        assumeThat(Namespace.isPossible()).as("root, with iproute2").isTrue();
        List<SocketChannel> clients = new ArrayList<>();
        try (Namespace namespace = Namespace.make();
                ForkedGateway gateway =
                        ForkedGateway.runBehind(
                                namespace.prefix(),
                                write(namespace, transport, steering),
                                new InetSocketAddress(namespace.inside(), ADMIN))) {
            connect(new InetSocketAddress(namespace.inside(), PORT), clients);
            eventually(
                    "all are served",
                    PATIENCE,
                    () -> gateway.metrics().sum("millrace_connections_active") == CONNECTIONS);
            Metrics metrics = gateway.metrics();
            int shards = Runtime.getRuntime().availableProcessors();
            double even = (double) CONNECTIONS / shards;
            for (int shard = 0; shard < shards; shard++) {
                String label = "shard=\"" + shard + "\"";
                assertThat(metrics.sum("millrace_connections_active", label))
                        .as(label)
                        .isBetween(0.9 * even, 1.1 * even);
            }
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    private Path write(Namespace namespace, String transport, String steering) throws IOException {
        String inside = namespace.inside().getHostAddress();
        return Files.writeString(
                directory.resolve("millrace.yaml"),
                """
                server: {transport: %s, steering: %s, stateDirectory: "%s"}
                admin: {bind: %s:%d}
                listeners:
                  http: {bind: %s:%d}
                routes:
                  - {name: all, path: /*, respond: {status: 200, body: "hi"}}
                """
                        .formatted(
                                transport,
                                steering,
                                directory.resolve("state"),
                                inside,
                                ADMIN,
                                inside,
                                PORT));
    }

    /** All from one CPU: the virtual device passes a packet on where it was sent. */
    private static void connect(InetSocketAddress to, List<SocketChannel> clients)
            throws InterruptedException {
        Thread connecting =
                Thread.ofPlatform()
                        .start(() -> {
                            Affinity.setAffinity(0);
                            try {
                                for (int i = 0; i < CONNECTIONS; i++) {
                                    clients.add(SocketChannel.open(to));
                                }
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });
        connecting.join();
    }
}
