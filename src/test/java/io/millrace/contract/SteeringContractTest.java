package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Metrics;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.openhft.affinity.Affinity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which shard serves a connection; owned by the test's thread. */
@ExtendWith(NoLeaks.class)
final class SteeringContractTest {
    /** So few that no shard has many more than another. */
    private static final int FEW = 8;

    private static final int MANY = 200;

    @TempDir private Path directory;

    private final List<SocketChannel> clients = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldServeWhereAConnectionArrives(Transport transport) throws Exception {
        try (TestGateway gateway = gateway(transport, 2, "cpu")) {
            List<Integer> cpus = List.of(0, 1);
            for (int cpu : cpus) {
                connect(gateway.address(), FEW, cpu);
                awaitServed(gateway, (cpu + 1) * FEW);
                assertThat(accepted(gateway, cpu)).as("by shard %d", cpu).isEqualTo(FEW);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldSpreadWhatArrivesInOnePlace(Transport transport) throws Exception {
        try (TestGateway gateway = gateway(transport, 2, "cpu")) {
            connect(gateway.address(), MANY, 1);
            awaitServed(gateway, MANY);
            assertSpread(gateway, 2);
            assertThat(handedOver(gateway)).isPositive();
            assertAllAnswered();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldSpreadAmongMoreShardsThanCpus(Transport transport) throws Exception {
        try (TestGateway gateway = gateway(transport, 5, "hash")) {
            connect(gateway.address(), MANY, 0);
            awaitServed(gateway, MANY);
            assertSpread(gateway, 5);
            assertAllAnswered();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldSpreadWhatComesThroughAUnixSocket(Transport transport) throws Exception {
        Path socket = directory.resolve("edge.sock");
        try (TestGateway gateway =
                setup(transport, 3, "hash")
                        .listener("local", "{bind: \"unix:" + socket + "\"}")
                        .start()) {
            connect(UnixDomainSocketAddress.of(socket), MANY, 0);
            awaitServed(gateway, MANY);
            assertSpread(gateway, 3);
            assertAllAnswered();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldLeaveConnectionsWhereTheyAre(Transport transport) throws Exception {
        Path socket = directory.resolve("edge.sock");
        try (TestGateway gateway =
                setup(transport, 2, "none")
                        .listener("local", "{bind: \"unix:" + socket + "\"}")
                        .start()) {
            connect(UnixDomainSocketAddress.of(socket), MANY, 0);
            awaitServed(gateway, MANY);
            assertThat(accepted(gateway, 0)).isEqualTo(MANY);
            assertThat(handedOver(gateway)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldGiveToTheOneWhoseConnectionsHaveLeft(Transport transport) throws Exception {
        try (TestGateway gateway = gateway(transport, 2, "cpu")) {
            connect(gateway.address(), FEW, 0);
            awaitServed(gateway, FEW);
            connect(gateway.address(), MANY, 1);
            awaitServed(gateway, FEW + MANY);
            leave();
            clients.clear();
            awaitServed(gateway, 0);
            // Nobody has any, so that these stay where they arrive.
            double before = handedOver(gateway);
            connect(gateway.address(), FEW, 1);
            awaitServed(gateway, FEW);
            assertThat(handedOver(gateway)).isEqualTo(before);
        }
    }

    private static TestGateway gateway(Transport transport, int shards, String steering)
            throws IOException {
        return setup(transport, shards, steering).start();
    }

    private static TestGateway.Setup setup(Transport transport, int shards, String steering) {
        return TestGateway.on(transport)
                .shards(shards)
                .server("steering: " + steering + "\n  drainTimeout: 100ms")
                .route("{name: all, path: /*, respond: {status: 200, body: \"x\"}}");
    }

    private void connect(SocketAddress to, int count, int cpu) throws Exception {
        Thread connecting =
                Thread.ofPlatform()
                        .start(() -> {
                            Affinity.setAffinity(cpu);
                            try {
                                for (int i = 0; i < count; i++) {
                                    clients.add(SocketChannel.open(to));
                                }
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });
        connecting.join();
    }

    private static void awaitServed(TestGateway gateway, int connections) throws Exception {
        eventually(
                connections + " connections are open",
                () -> gateway.metrics().sum("millrace_connections_active") == connections);
    }

    /** Evenly, but for what a shard may have more than the one that has least. */
    private static void assertSpread(TestGateway gateway, int shards) throws IOException {
        Metrics metrics = gateway.metrics();
        for (int shard = 0; shard < shards; shard++) {
            double active = metrics.sum("millrace_connections_active", "shard=\"" + shard + "\"");
            assertThat(active - (double) MANY / shards)
                    .as("shard %d, compared with an even share", shard)
                    .isBetween(-10.0, 10.0);
        }
    }

    private void assertAllAnswered() throws IOException {
        ByteBuffer request = StandardCharsets.US_ASCII.encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        for (SocketChannel client : clients) {
            client.write(request.duplicate());
        }
        ByteBuffer status = ByteBuffer.allocate("HTTP/1.1 200".length());
        for (SocketChannel client : clients) {
            status.clear();
            while (status.hasRemaining() && client.read(status) >= 0) {}
            assertThat(new String(status.array(), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
        }
    }

    private static double accepted(TestGateway gateway, int shard) throws IOException {
        return gateway.metrics()
                .sum("millrace_connections_accepted_total", "shard=\"" + shard + "\"");
    }

    private static double handedOver(TestGateway gateway) throws IOException {
        return gateway.metrics().sum("millrace_connections_handed_over_total");
    }
}
