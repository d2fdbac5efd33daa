package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Says what becomes of a client that still sends when its origin has answered and gone, in a tunnel
 * that is spliced and in one that is copied; owned by the test's thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class TunnelLingerContractTest {
    private static final long LENGTH = 2 << 20;

    /** When the client has that much, the rest is in the kernel's buffers, which take 1 MiB. */
    private static final long PROXY_HAS_ALL = LENGTH * 3 / 4;

    private final Body body = Body.random(31, LENGTH);
    private final CountDownLatch gone = new CountDownLatch(1);
    private final Transport transport;

    TunnelLingerContractTest(Transport transport) {
        this.transport = transport;
    }

    @ParameterizedTest
    @ValueSource(strings = {"64KiB", "1TiB"})
    void shouldDeliverTheWholeAnswerHoweverSlowlyItIsRead(String threshold) throws Exception {
        try (ScriptedOrigin origin = answering();
                TestGateway gateway = start(origin, threshold, "1h");
                RawClient client = RawClient.connect(gateway.address("db"), 64 * 1024)) {
            Body.Digest digest = new Body.Digest();
            client.readSlowly(64 * 1024, Duration.ofMillis(1), PROXY_HAS_ALL, digest);
            client.sendOnAndOn();
            gone.countDown();
            client.readSlowly(16 * 1024, Duration.ofMillis(50), LENGTH, digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            eventually("the client is told that nobody reads", client::isRefused);
            eventually("it is closed", () -> active(gateway) == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"64KiB", "1TiB"})
    void shouldWaitOnlySoLongForAClientThatReadsNoMore(String threshold) throws Exception {
        try (ScriptedOrigin origin = answering();
                TestGateway gateway = start(origin, threshold, "2s");
                RawClient client = RawClient.connect(gateway.address("db"), 64 * 1024)) {
            client.readSlowly(64 * 1024, Duration.ofMillis(1), PROXY_HAS_ALL, new Body.Digest());
            client.sendOnAndOn();
            gone.countDown();
            eventually("the origin is let go", () -> origin.openConnections() == 0);
            assertThat(active(gateway)).isEqualTo(1);
            eventually("it is closed", () -> active(gateway) == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"64KiB", "1TiB"})
    void shouldCloseAtOnceWhenTheClientHasFinishedToo(String threshold) throws Exception {
        try (ScriptedOrigin origin = answering();
                TestGateway gateway = start(origin, threshold, "1h");
                RawClient client = RawClient.connect(gateway.address("db"))) {
            gone.countDown();
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            client.send("more").finishSending();
            assertThat(digest.hex()).isEqualTo(body.hex());
            eventually("it is closed", () -> active(gateway) == 0);
        }
    }

    /** One that answers unasked, and closes at a sign without having read anything. */
    private ScriptedOrigin answering() throws IOException {
        return ScriptedOrigin.start(connection -> {
            body.sendTo(connection);
            connection.finishSending();
            connection.await(gone);
        });
    }

    private TestGateway start(ScriptedOrigin origin, String threshold, String idle)
            throws IOException {
        return TestGateway.on(transport)
                .server("drainTimeout: 100ms\n  splice: {threshold: " + threshold + "}")
                .upstream("app", origin)
                .listener(
                        "db",
                        "{bind: 127.0.0.1:0, protocol: tcp, upstream: app, timeouts: {tunnel: "
                                + idle
                                + "}}")
                .start();
    }

    private static double active(TestGateway gateway) throws IOException {
        return gateway.metrics().sum("millrace_connections_active");
    }
}
