package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.DrivenOrigin.Asked;
import io.millrace.testing.IncompleteMessageException;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Says that on a shared connection nobody gets a byte that was meant for another, whatever the
 * origin does; owned by the test's thread.
 *
 * <p>Answers carry no names: an origin that swaps the bodies of two requests that are under way, or
 * answers one of them twice, or lets the Content-Length of one cover the answer to the next, cannot
 * be told from an honest one, with pipelining as little as without. What is tried here are the lies
 * that HTTP lets a proxy notice.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class LyingOriginContractTest {
    private static final int ROUNDS = 150;
    private static final int CLIENTS = 6;
    private static final int TURNS = 40;
    private static final int BUSY = 300;
    private static final String PROBE = "GET /probe HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String NO_ANSWER = "garbage\r\n\r\n";

    private final Transport transport;

    LyingOriginContractTest(Transport transport) {
        this.transport = transport;
    }

    /** What an origin may do to one of several requests; owned by no thread (constants). */
    private enum Lie {
        NONE,
        /** Bytes that begin no answer, behind the last body. */
        EXTRA_BYTES,
        /** Two answers to the last request. */
        TWICE,
        /** An answer while nobody has asked for one. */
        UNASKED,
        /** More of a body than was said. */
        LONGER,
        /** Less of a body than was said, and then the end. */
        SHORTER,
        /** No answer at all. */
        GARBAGE,
        /** A body where there can be none. */
        BODY_OF_204,
        /** More of a chunk than was said. */
        BAD_CHUNK,
        /** The answer, and then a reset. */
        RESET,
        /** An answer in HTTP/1.0, behind which no other counts. */
        OLD;

        private static final String EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

        /** What is sent instead of the answer, or behind it. */
        String told(String body) {
            return switch (this) {
                case NONE, UNASKED, RESET -> truth(body);
                case EXTRA_BYTES -> truth(body) + "extra";
                case TWICE -> truth(body) + EVIL;
                case LONGER -> head(body.length() / 2) + body;
                case SHORTER -> head(body.length() + 1000) + body;
                case GARBAGE -> body + "\r\n\r\n";
                case BODY_OF_204 -> "HTTP/1.1 204 No Content\r\n\r\n" + body;
                case BAD_CHUNK ->
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n"
                                + body
                                + "\r\n0\r\n\r\n";
                case OLD -> truth(body).replace("HTTP/1.1", "HTTP/1.0");
            };
        }

        static String truth(String body) {
            return head(body.length()) + body;
        }

        private static String head(int length) {
            return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
        }

        boolean needsSilence() {
            return this == EXTRA_BYTES || this == TWICE || this == UNASKED;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldGiveNobodyAByteOfAnothersAnswer(long seed) throws Exception {
        Random random = new Random(seed);
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(setup.connect());
            }
            int exact = 0;
            for (int round = 0; round < ROUNDS; round++) {
                exact += round(setup, clients, random, "seed " + seed + ", round " + round);
            }
            assertThat(exact).isGreaterThan(2 * ROUNDS);
            eventually(
                    "no request is under way",
                    () -> setup.gateway.metrics().sum("millrace_requests_active") == 0);
        }
    }

    /** Some clients ask, and one of the answers is a lie; how many were answered exactly. */
    private static int round(
            SharedSetup setup, List<RawClient> clients, Random random, String where)
            throws Exception {
        int asking = 1 + random.nextInt(CLIENTS);
        List<String> secrets = new ArrayList<>();
        OriginConnection connection = null;
        for (int i = 0; i < asking; i++) {
            Asked asked = setup.ask(clients.get(i), secret(random));
            secrets.add(asked.target());
            assertThat(connection).isIn(null, asked.on());
            connection = asked.on();
        }
        OriginConnection shared = Objects.requireNonNull(connection);
        Lie lie = Lie.values()[random.nextInt(Lie.values().length)];
        int at = lie.needsSilence() ? asking - 1 : random.nextInt(asking);
        String as = where + ", " + lie + " at " + at + " of " + asking;
        tell(setup, shared, secrets, lie, at, random);
        int exact = 0;
        Echo others = new Echo(setup);
        try {
            for (int i = 0; i < asking; i++) {
                if (expectOwn(clients.get(i), secrets.get(i), i == at, as)) {
                    exact++;
                } else {
                    clients.get(i).reset();
                    clients.set(i, setup.connect());
                }
            }
        } finally {
            others.stop();
        }
        if (lie == Lie.UNASKED) {
            shared.send(Lie.EVIL);
        }
        if (lie != Lie.NONE) {
            eventually(as + ": the connection is given up", () -> !shared.isOpen());
            setup.awaitTurn();
        }
        return exact;
    }

    private static String secret(Random random) {
        String word = Long.toUnsignedString(random.nextLong(), 36) + "-";
        return "/" + word.repeat(1 + random.nextInt(40));
    }

    private static void tell(
            SharedSetup setup,
            OriginConnection connection,
            List<String> secrets,
            Lie lie,
            int at,
            Random random)
            throws IOException {
        StringBuilder told = new StringBuilder();
        boolean end = lie == Lie.SHORTER || lie == Lie.RESET;
        for (int i = 0; i < (end ? at + 1 : secrets.size()); i++) {
            told.append(i == at ? lie.told(secrets.get(i)) : Lie.truth(secrets.get(i)));
        }
        int cut = random.nextInt(told.length());
        try {
            connection.send(told.substring(0, cut));
            setup.awaitTurn();
            connection.send(told.substring(cut));
        } catch (IOException alreadyGivenUp) {
            return;
        }
        if (lie == Lie.SHORTER) {
            connection.close();
        } else if (lie == Lie.RESET) {
            connection.reset();
        }
    }

    /** Answers those who were sent elsewhere; owned by the thread that starts and stops it. */
    private static final class Echo {
        private final AtomicBoolean over = new AtomicBoolean();
        private final Thread thread;

        Echo(SharedSetup setup) {
            thread = Thread.ofVirtual().start(() -> run(setup));
        }

        private void run(SharedSetup setup) {
            while (!over.get()) {
                Asked asked = setup.origin.poll();
                if (asked == null) {
                    LockSupport.parkNanos(100_000);
                } else {
                    answer(asked);
                }
            }
        }

        private static void answer(Asked asked) {
            try {
                Request request = asked.request();
                asked.on().reply(request.body().length > 0 ? request.text() : request.target());
            } catch (IOException closed) {
                // The test sees it by what its client gets.
            }
        }

        void stop() throws InterruptedException {
            over.set(true);
            thread.join();
        }
    }

    /**
     * Whether the answer is the one to this client's request, whole; else it must be an error, or
     * nothing but the beginning of it.
     */
    private static boolean expectOwn(RawClient client, String own, boolean lied, String as)
            throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Response head;
        boolean whole = false;
        try {
            head = client.reader().readResponseHead();
            client.reader().copyResponseBody(head, "GET", body);
            whole = true;
        } catch (SocketTimeoutException e) {
            throw new AssertionError(as + ": no answer", e);
        } catch (SocketException | IncompleteMessageException cut) {
            head = null;
        }
        String text = body.toString(StandardCharsets.ISO_8859_1);
        if (head == null) {
            assertThat(own).as(as).contains(text.replaceFirst("^[0-9a-f]+\r\n", ""));
            return false;
        }
        if (head.status() >= 500) {
            assertThat(text).as(as).doesNotContain("-").contains("\"status\":" + head.status());
            return false;
        }
        assertThat(head.status()).as(as).isIn(200, lied ? 204 : 200);
        assertThat(own).as(as).startsWith(text);
        assertThat((whole && text.equals(own)) || lied).as(as + ": " + text).isTrue();
        return text.equals(own);
    }

    // ---- in the same turn ----

    @Test
    void shouldNotTakeBytesForAnAnswerToARequestThatHasNotLeft() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            RawClient busy = setup.connect();
            RawClient client = setup.connect();
            RawClient other = setup.connect();
            for (int round = 0; round < TURNS; round++) {
                Asked before = setup.ask(client, "/before");
                before.echo();
                assertThat(client.readResponse().text()).isEqualTo("/before");
                // While the shard is busy with this, both of the next arrive.
                busy.send(PROBE.repeat(BUSY));
                client.get("/mine");
                before.send(NO_ANSWER);
                Asked asked = setup.origin.next();
                assertThat(asked.target()).isEqualTo("/mine");
                if (asked.on() == before.on()) {
                    assertThat(client.readResponse().status()).isEqualTo(502);
                } else {
                    asked.echo();
                    assertThat(client.readResponse().text()).isEqualTo("/mine");
                }
                setup.ask(other, "/other").echo();
                assertThat(other.readResponse().text()).isEqualTo("/other");
                expectProbes(busy);
            }
            assertThat(setup.gateway.metrics().sum("millrace_requests_active")).isZero();
        }
    }

    @Test
    void shouldNotSendTheRestOfABodyAlone() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            RawClient busy = setup.connect();
            RawClient client = setup.connect();
            Echo origin = new Echo(setup);
            for (int round = 0; round < TURNS; round++) {
                client.send(post("before"));
                assertThat(client.readResponse().text()).isEqualTo("before");
                OriginConnection own = setup.origin.nextConnection();
                assertThat(own.isOpen()).isTrue();
                busy.send(PROBE.repeat(BUSY));
                client.send(post("whole body"));
                own.send(NO_ANSWER);
                Response response = client.readResponse();
                if (response.status() != 502) {
                    assertThat(response.text()).isEqualTo("whole body");
                }
                expectProbes(busy);
            }
            origin.stop();
        }
    }

    private static String post(String body) {
        return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void shouldNotConnectAgainAndAgainToAnOriginThatSpeaksFirst() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.send(NO_ANSWER);
                            connection.awaitEnd();
                        });
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin, SharedSetup.ONE)
                                .route("{name: all, path: /*, upstream: app}")
                                .route("{name: probe, path: /probe, respond: {status: 204}}")
                                .start();
                RawClient busy = gateway.connect();
                RawClient client = gateway.connect()) {
            for (int round = 1; round <= TURNS; round++) {
                client.get("/");
                busy.send(PROBE.repeat(BUSY));
                assertThat(client.readResponse().status()).isEqualTo(502);
                expectProbes(busy);
                assertThat(origin.acceptedConnections()).isLessThanOrEqualTo(4 * round);
            }
        }
    }

    private static void expectProbes(RawClient busy) throws IOException {
        for (int i = 0; i < BUSY; i++) {
            assertThat(busy.readResponse().status()).isEqualTo(204);
        }
    }
}
