package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.IncompleteMessageException;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Says that many clients at once get their own answers and no others on shared connections that end
 * at any moment; owned by the test's thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class SharedLoadContractTest {
    private static final int CLIENTS = 24;
    private static final int BATCHES = 60;
    private static final int LONGEST_BATCH = 8;

    private final Transport transport;

    SharedLoadContractTest(Transport transport) {
        this.transport = transport;
    }

    @ParameterizedTest
    @ValueSource(strings = {"depth: 4, connections: 2", "depth: 32, connections: 1"})
    void shouldGiveEveryClientItsOwnAnswers(String bounds) throws Exception {
        AtomicInteger exact = new AtomicInteger();
        try (ScriptedOrigin origin = ScriptedOrigin.start(SharedLoadContractTest::answer);
                TestGateway gateway =
                        TestGateway.on(transport)
                                .shards(2)
                                .upstream("app", origin, "pipelining: {" + bounds + "}")
                                .start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                clients.add(CompletableFuture.runAsync(() -> run(gateway, random, exact), threads));
            }
            for (CompletableFuture<Void> client : clients) {
                client.join();
            }
            assertThat(exact.get()).isGreaterThan(CLIENTS * BATCHES);
            eventually(
                    "nothing is left under way",
                    () ->
                            gateway.metrics().sum("millrace_requests_active") == 0
                                    && gateway.metrics().sum("millrace_upstream_connections_active")
                                            == 0);
        }
    }

    /** Whoever fits into the depth is not refused because a turn brings many at once. */
    @Test
    void shouldTakeAsManyInOneTurnAsMayBeInFlight() throws Exception {
        String keys =
                "pipelining: {depth: 1024, connections: 1, maximumAge: 1m},"
                        + " pool: {maximumPending: 0}";
        String request = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(500) + "\r\n\r\n";
        try (ScriptedOrigin origin = ScriptedOrigin.answering("a");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("limits: {pipelined: 100}")
                                .upstream("app", origin, keys)
                                .start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(askAll(gateway, request, 1)).isEqualTo(1);
            List<CompletableFuture<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                clients.add(
                        CompletableFuture.supplyAsync(
                                () -> askAll(gateway, request, 100), threads));
            }
            for (CompletableFuture<Integer> client : clients) {
                assertThat(client.join()).isEqualTo(100);
            }
            assertThat(gateway.metrics().sum("millrace_upstream_pool_waits_total")).isZero();
        }
    }

    /** How many of so many requests, sent at once, are answered with 200. */
    private static int askAll(TestGateway gateway, String request, int count) {
        try (RawClient client = gateway.connect()) {
            client.send(request.repeat(count));
            int good = 0;
            for (int i = 0; i < count; i++) {
                good += client.readResponse().status() == 200 ? 1 : 0;
            }
            return good;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Answers with the target, of which some is long, and now and then ends in the middle. */
    private static void answer(OriginConnection connection) throws IOException {
        Random random = new Random(connection.number());
        while (true) {
            String body = connection.readRequest().target();
            String answer =
                    random.nextInt(3) == 0
                            ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + Integer.toHexString(body.length())
                                    + "\r\n"
                                    + body
                                    + "\r\n0\r\n\r\n"
                            : "HTTP/1.1 200 OK\r\nContent-Length: "
                                    + body.length()
                                    + "\r\n\r\n"
                                    + body;
            switch (random.nextInt(150)) {
                case 0 -> {
                    connection.send(answer);
                    return;
                }
                case 1 -> {
                    connection.send(answer.substring(0, random.nextInt(answer.length())));
                    return;
                }
                case 2 -> {
                    connection.send(answer);
                    connection.reset();
                    return;
                }
                case 3 -> connection.send(answer.replace("HTTP/1.1", "HTTP/1.0"));
                default -> connection.send(answer);
            }
        }
    }

    private static void run(TestGateway gateway, Random random, AtomicInteger exact) {
        try {
            RawClient client = gateway.connect();
            for (int batch = 0; batch < BATCHES; batch++) {
                if (!ask(client, random, exact)) {
                    client.close();
                    client = gateway.connect();
                }
            }
            client.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** One batch of requests; whether the connection can be used again. */
    private static boolean ask(RawClient client, Random random, AtomicInteger exact)
            throws IOException {
        List<String> targets = new ArrayList<>();
        StringBuilder batch = new StringBuilder();
        for (int i = 1 + random.nextInt(LONGEST_BATCH); i > 0; i--) {
            String word = "/" + Long.toUnsignedString(random.nextLong(), 36);
            String target = word.repeat(1 + random.nextInt(random.nextInt(8) == 0 ? 500 : 3));
            targets.add(target);
            batch.append("GET ").append(target).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        try {
            client.send(batch.toString());
            if (random.nextInt(30) == 0) {
                client.reset();
                return false;
            }
            for (String target : targets) {
                Response response = client.readResponse();
                if (response.status() == 200) {
                    assertThat(response.text()).isEqualTo(target);
                    exact.incrementAndGet();
                } else {
                    assertThat(response.status()).isIn(502, 503);
                }
                if (response.announcesClose()) {
                    return false;
                }
            }
            return true;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer", e);
        } catch (SocketException | IncompleteMessageException cut) {
            return false;
        }
    }
}
