package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.Metrics;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says which bodies are spliced, and that nothing else differs; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class SpliceContractTest {
    private static final int THRESHOLD = 64 * 1024;
    private static final int LARGE = 8 << 20;

    private final Transport transport;

    SpliceContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldDeliverResponsesOfEverySizeBehindEachOther() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::sendSizes);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            int[] sizes = {0, 1, THRESHOLD - 1, THRESHOLD, THRESHOLD + 1, 1 << 20, LARGE, 7};
            StringBuilder pipelined = new StringBuilder();
            for (int size : sizes) {
                pipelined.append("GET /").append(size).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(pipelined.toString());
            for (int size : sizes) {
                Response head = client.reader().readResponseHead();
                Body.Digest digest = new Body.Digest();
                client.reader().copyResponseBody(head, "GET", digest);
                assertThat(digest.hex()).isEqualTo(Body.random(size, size).hex());
            }
            assertThat(origin.acceptedConnections()).isEqualTo(1);
            Metrics metrics = gateway.metrics();
            assertThat(metrics.sum("millrace_splice_bytes_total")).isGreaterThan(LARGE / 2);
            assertThat(metrics.sum("millrace_copied_body_bytes_total"))
                    .isGreaterThanOrEqualTo(THRESHOLD);
            assertThat(metrics.sum("millrace_splice_fallback_total")).isZero();
            assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
        }
    }

    private static void sendSizes(OriginConnection connection) throws Exception {
        while (true) {
            Request request = connection.readRequest();
            int size = Integer.parseInt(request.target().substring(1));
            Body.random(size, size).respondTo(connection, false);
        }
    }

    @Test
    void shouldDeliverRequestsOfEverySizeBehindEachOther() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::replyDigests);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int size : new int[] {1, THRESHOLD, 3 * THRESHOLD, LARGE, 2, LARGE}) {
                Body body = Body.random(size, size);
                Body.Sending sending = body.sendInBackground(client);
                assertThat(client.readResponse("POST").text()).isEqualTo(body.hex());
                sending.join();
            }
            Metrics metrics = gateway.metrics();
            assertThat(metrics.sum("millrace_splice_bytes_total")).isGreaterThan(LARGE);
            assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
        }
    }

    private static void replyDigests(OriginConnection connection) throws Exception {
        while (true) {
            Request head = connection.readHead();
            Body.Digest digest = new Body.Digest();
            long left = Long.parseLong(head.header("content-length"));
            while (left > 0) {
                byte[] part = connection.reader().readExactly((int) Math.min(left, 32 * 1024));
                digest.write(part, 0, part.length);
                left -= part.length;
            }
            connection.reply(digest.hex());
        }
    }

    @Test
    void shouldCutAResponseWhoseOriginDiesInTheMiddle() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                            connection.send(new byte[LARGE / 2]);
                            connection.close();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/");
            client.reader().readResponseHead();
            client.reader().readExactly(LARGE / 2);
            client.expectEnd();
            assertThat(
                            gateway.metrics()
                                    .sum("millrace_outcomes_total", "outcome=\"body_incomplete\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldCutAResponseThatStopsForLongerThanTheTimeout() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                            connection.send(new byte[LARGE / 2]);
                            connection.awaitEnd();
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin, "timeouts: {response: 200ms}")
                                .start();
                RawClient client = gateway.connect()) {
            client.get("/");
            client.reader().readResponseHead();
            client.reader().readExactly(LARGE / 2);
            client.expectEnd();
            assertThat(gateway.metrics().sum("millrace_outcomes_total", "outcome=\"body_timeout\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldDropAClientThatNeverReadsAtItsTimeout() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::sendSizes);
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .listener("timeouts: {body: 300ms}")
                                .start();
                RawClient client = RawClient.connect(gateway.address(), 64 * 1024)) {
            client.get("/" + (64 << 20));
            eventually(
                    "the client is dropped",
                    () ->
                            gateway.metrics()
                                            .sum(
                                                    "millrace_outcomes_total",
                                                    "outcome=\"client_timeout\"")
                                    == 1);
            assertThat(gateway.metrics().sum("millrace_pipe_pool_in_use")).isZero();
        }
    }

    @Test
    void shouldAnswerAClientThatStopsInTheMiddleOfALargeUpload() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::replyDigests);
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .listener("timeouts: {body: 300ms}")
                                .start();
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LARGE + "\r\n\r\n");
            client.send(new byte[LARGE / 2]);
            assertThat(client.readResponse("POST").status()).isEqualTo(408);
        }
    }

    @Test
    void shouldLeaveNothingBehindHoweverOftenClientsLeave() throws Exception {
        Random random = new Random(5);
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceContractTest::sendSizes);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport)) {
            leaveInTheMiddle(gateway, random, 20);
            awaitQuiet(gateway);
            long before = descriptors();
            leaveInTheMiddle(gateway, random, 500);
            awaitQuiet(gateway);
            eventually("no descriptor is left", () -> descriptors() <= before + 4);
        }
    }

    private static void leaveInTheMiddle(TestGateway gateway, Random random, int times)
            throws IOException {
        for (int i = 0; i < times; i++) {
            try (RawClient client = gateway.connect()) {
                client.get("/" + (1 << 20));
                client.reader().readExactly(random.nextInt(1 << 19));
                if (random.nextBoolean()) {
                    client.reset();
                }
            }
        }
    }

    private static void awaitQuiet(TestGateway gateway) throws Exception {
        eventually(
                "everything has ended",
                () -> {
                    Metrics metrics = gateway.metrics();
                    return metrics.sum("millrace_requests_active") == 0
                            && metrics.sum("millrace_connections_active") == 0
                            && metrics.sum("millrace_pipe_pool_in_use") == 0;
                });
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
