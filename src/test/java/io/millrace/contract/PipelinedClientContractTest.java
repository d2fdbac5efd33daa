package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static io.millrace.testing.Eventually.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.DrivenOrigin;
import io.millrace.testing.DrivenOrigin.Asked;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.Site;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says how requests are read ahead of the answers before them; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class PipelinedClientContractTest {
    private static final String POST =
            "POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";

    private final Transport transport;

    @TempDir Path directory;

    PipelinedClientContractTest(Transport transport) {
        this.transport = transport;
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    // ---- order ----

    @Test
    void shouldKeepTheOrderOfAnswersOfEveryKind() throws Exception {
        Site site = Site.in(directory).text("a.txt", "small file");
        byte[] large = site.random("large.bin", 3 << 20);
        try (DrivenOrigin shared = DrivenOrigin.start();
                DrivenOrigin own = DrivenOrigin.start();
                TestGateway gateway = everything(shared, own, site);
                RawClient client = gateway.connect()) {
            client.send(
                    get("/shared/1")
                            + get("/fixed")
                            + get("/files/large.bin")
                            + get("/none")
                            + get("/gone")
                            + "HEAD /shared/2 HTTP/1.1\r\nHost: a\r\n\r\n"
                            + get("/files/a.txt")
                            + get("/files/missing")
                            + get("/shared/3")
                            + get("/own/4")
                            + get("/fixed"));
            Asked first = shared.next();
            Asked second = shared.next();
            Asked third = shared.next();
            assertThat(third.on()).isSameAs(first.on());
            first.on().reply("one");
            assertThat(client.readResponse().text()).isEqualTo("one");
            assertThat(client.readResponse().text()).isEqualTo("fixed");
            assertThat(client.readResponse().body()).isEqualTo(large);
            assertThat(client.readResponse().status()).isEqualTo(404);
            assertThat(client.readResponse().status()).isEqualTo(502);
            second.send("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
            third.on().reply("three");
            assertThat(client.readResponse("HEAD").header("content-length")).isEqualTo("77");
            assertThat(client.readResponse().text()).isEqualTo("small file");
            assertThat(client.readResponse().status()).isEqualTo(404);
            assertThat(client.readResponse().text()).isEqualTo("three");
            own.next().echo();
            assertThat(client.readResponse().text()).isEqualTo("/own/4");
            assertThat(client.readResponse().text()).isEqualTo("fixed");
        }
    }

    private TestGateway everything(DrivenOrigin shared, DrivenOrigin own, Site site)
            throws IOException {
        return TestGateway.on(transport)
                .upstream("shared", shared.origin(), SharedSetup.ONE)
                .upstream("own", own.origin())
                .upstream("gone", "{endpoints: [\"127.0.0.1:1\"], pipelining: {}}")
                .route("{name: shared, path: /shared/*, upstream: shared}")
                .route("{name: own, path: /own/*, upstream: own}")
                .route("{name: gone, path: /gone, upstream: gone}")
                .route("{name: fixed, path: /fixed, respond: {status: 200, body: fixed}}")
                .route(
                        "{name: files, path: /files/*, files: {root: \"%s\", stripPrefix: /files}}"
                                .formatted(site.root()))
                .start();
    }

    @Test
    void shouldHoldFastAnswersBehindASlowOne() throws Exception {
        try (DrivenOrigin slow = DrivenOrigin.start();
                DrivenOrigin fast = DrivenOrigin.start();
                TestGateway gateway = everything(slow, fast, Site.in(directory));
                RawClient client = gateway.connect()) {
            client.send(get("/shared/slow") + get("/fixed") + get("/none") + get("/fixed"));
            Asked asked = slow.next();
            assertThat(client.staysSilentFor(100)).isTrue();
            asked.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsl");
            client.reader().readResponseHead();
            assertThat(client.reader().readExactly(2)).isEqualTo(new byte[] {'s', 'l'});
            assertThat(client.staysSilentFor(100)).isTrue();
            asked.send("ow");
            assertThat(client.reader().readExactly(2)).isEqualTo(new byte[] {'o', 'w'});
            assertThat(client.readResponse().text()).isEqualTo("fixed");
            assertThat(client.readResponse().status()).isEqualTo(404);
            assertThat(client.readResponse().text()).isEqualTo("fixed");
        }
    }

    @Test
    void shouldAnswerFixedAnswersWithoutLeavingTheTurn() throws Exception {
        try (DrivenOrigin unused = DrivenOrigin.start();
                TestGateway gateway = everything(unused, unused, Site.in(directory));
                RawClient client = gateway.connect()) {
            client.send(get("/fixed"));
            assertThat(client.readResponse().text()).isEqualTo("fixed");
            double before = gateway.metrics().sum("millrace_shard_loop_turns_total");
            client.send(get("/fixed").repeat(200));
            for (int i = 0; i < 200; i++) {
                assertThat(client.readResponse().text()).isEqualTo("fixed");
            }
            // Ticks and the scrapes themselves make some turns too.
            double turns = gateway.metrics().sum("millrace_shard_loop_turns_total") - before;
            assertThat(turns).isLessThan(100);
        }
    }

    @Test
    void shouldServeAConnectionWhileAnotherSendsWithoutEnd() throws Exception {
        try (DrivenOrigin unused = DrivenOrigin.start();
                TestGateway gateway = everything(unused, unused, Site.in(directory));
                RawClient greedy = gateway.connect();
                RawClient modest = gateway.connect()) {
            Thread sending = Thread.ofVirtual().start(() -> sendUntilClosed(greedy));
            Thread reading = Thread.ofVirtual().start(() -> readUntilClosed(greedy));
            for (int i = 0; i < 50; i++) {
                assertThat(modest.get("/fixed").readResponse().text()).isEqualTo("fixed");
            }
            assertThat(sending.isAlive()).isTrue();
            greedy.reset();
            sending.join(10_000);
            reading.join(10_000);
        }
    }

    private static void sendUntilClosed(RawClient client) {
        byte[] batch = get("/fixed").repeat(1000).getBytes(StandardCharsets.US_ASCII);
        try {
            while (true) {
                client.send(batch);
            }
        } catch (IOException closed) {
            // The end.
        }
    }

    private static void readUntilClosed(RawClient client) {
        try {
            client.drain();
        } catch (IOException closed) {
            // The end.
        }
    }

    // ---- how far ahead ----

    /** Requests of which several are read ahead. */
    private SharedSetup reading(String listener) throws IOException {
        return SharedSetup.with(transport, SharedSetup.ONE, listener);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void shouldReadAheadUpToTheBound(int bound) throws Exception {
        try (SharedSetup setup = reading("limits: {pipelined: " + bound + "}")) {
            RawClient client = setup.connect();
            int sent = 12;
            for (int i = 0; i < sent; i++) {
                client.send(get("/" + i));
            }
            List<Asked> asked = new ArrayList<>();
            for (int i = 0; i < bound; i++) {
                asked.add(setup.origin.next());
            }
            setup.awaitTurn();
            assertThat(setup.origin.poll()).isNull();
            for (int i = 0; i < sent; i++) {
                asked.get(i).echo();
                assertThat(client.readResponse().text()).isEqualTo("/" + i);
                if (asked.size() < sent) {
                    asked.add(setup.origin.next());
                    setup.awaitTurn();
                    assertThat(setup.origin.poll()).isNull();
                }
            }
        }
    }

    @Test
    void shouldNotReadAheadWhereEachRequestTakesAConnection() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, "pipelining: off")) {
            RawClient client = setup.connect().send(get("/1") + get("/2"));
            Asked first = setup.origin.next();
            setup.awaitTurn();
            assertThat(setup.origin.poll()).isNull();
            first.echo();
            setup.origin.next().echo();
            assertThat(client.readResponse().text()).isEqualTo("/1");
            assertThat(client.readResponse().text()).isEqualTo("/2");
        }
    }

    @Test
    void shouldLetAPostWaitForThoseBeforeItAndThoseBehindItForIt() throws Exception {
        try (SharedSetup setup = reading("limits: {pipelined: 16}")) {
            RawClient client = setup.connect().send(get("/1") + get("/2") + POST + get("/3"));
            Asked first = setup.origin.next();
            Asked second = setup.origin.next();
            setup.awaitTurn();
            assertThat(setup.origin.poll()).isNull();
            first.echo();
            assertThat(client.readResponse().text()).isEqualTo("/1");
            setup.awaitTurn();
            assertThat(setup.origin.poll()).isNull();
            second.echo();
            Asked post = setup.origin.next();
            assertThat(post.target()).isEqualTo("/post");
            setup.awaitTurn();
            assertThat(setup.origin.poll()).isNull();
            post.echo();
            setup.origin.next().echo();
            assertThat(client.readResponse().text()).isEqualTo("/2");
            assertThat(client.readResponse().text()).isEqualTo("/post");
            assertThat(client.readResponse().text()).isEqualTo("/3");
        }
    }

    @Test
    void shouldNotHurryAClientWhosePostWaitsForItsTurn() throws Exception {
        try (SharedSetup setup = reading("timeouts: {headers: 200ms}")) {
            RawClient client = setup.connect();
            Asked slow = setup.ask(client, "/slow");
            client.send(POST.substring(0, 10));
            setup.awaitTurn();
            client.send(POST.substring(10));
            assertThat(client.staysSilentFor(400)).isTrue();
            slow.echo();
            assertThat(client.readResponse().text()).isEqualTo("/slow");
            setup.origin.next().echo();
            assertThat(client.readResponse().text()).isEqualTo("/post");
        }
    }

    // ---- ends ----

    @Test
    void shouldAnswerNothingBehindARequestThatAskedForTheClose() throws Exception {
        try (SharedSetup setup = reading("limits: {pipelined: 16}")) {
            RawClient client =
                    setup.connect()
                            .send(
                                    get("/1")
                                            + "GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                                            + get("/3"));
            Asked first = setup.origin.next();
            Asked second = setup.origin.next();
            first.echo();
            second.echo();
            Response one = client.readResponse();
            assertThat(one.text()).isEqualTo("/1");
            assertThat(one.announcesClose()).isFalse();
            Response two = client.readResponse();
            assertThat(two.text()).isEqualTo("/2");
            assertThat(two.announcesClose()).isTrue();
            client.expectEnd();
            assertThat(setup.origin.poll()).isNull();
        }
    }

    @Test
    void shouldAnswerGoodRequestsBeforeItRefusesABadOne() throws Exception {
        try (SharedSetup setup = reading("limits: {pipelined: 16}")) {
            RawClient client =
                    setup.connect().send(get("/1") + get("/2") + "BAD\r\n\r\n" + get("/3"));
            Asked first = setup.origin.next();
            Asked second = setup.origin.next();
            assertThat(client.staysSilentFor(50)).isTrue();
            first.echo();
            second.echo();
            assertThat(client.readResponse().text()).isEqualTo("/1");
            assertThat(client.readResponse().text()).isEqualTo("/2");
            Response bad = client.readResponse();
            assertThat(bad.status()).isEqualTo(400);
            assertThat(bad.announcesClose()).isTrue();
            client.expectEnd();
            assertThat(setup.origin.poll()).isNull();
        }
    }

    @Test
    void shouldNotHurryThoseBeforeABadRequestThatCameInParts() throws Exception {
        try (SharedSetup setup = reading("timeouts: {headers: 200ms}")) {
            RawClient client = setup.connect();
            Asked slow = setup.ask(client, "/slow");
            client.send("BAD");
            setup.awaitTurn();
            client.send("\r\n\r\n");
            assertThat(client.staysSilentFor(400)).isTrue();
            slow.echo();
            assertThat(client.readResponse().text()).isEqualTo("/slow");
            assertThat(client.readResponse().status()).isEqualTo(400);
            client.expectEnd();
        }
    }

    @Test
    void shouldAnswerEveryRequestOfAClientThatHasFinishedSending() throws Exception {
        try (SharedSetup setup = reading("limits: {pipelined: 2}")) {
            RawClient client = setup.connect();
            for (int i = 0; i < 5; i++) {
                client.send(get("/" + i));
            }
            client.finishSending();
            for (int i = 0; i < 5; i++) {
                setup.origin.next().echo();
                assertThat(client.readResponse().text()).isEqualTo("/" + i);
            }
            client.expectClose();
        }
    }

    @Test
    void shouldFreeEverythingOfAClientThatResets() throws Exception {
        try (SharedSetup setup = reading("limits: {pipelined: 4}")) {
            RawClient client = setup.connect();
            List<Asked> asked = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                client.send(get("/" + i));
                asked.add(setup.origin.next());
            }
            // One is complete and waits for its turn, one has begun.
            asked.get(0).send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/");
            client.reader().readResponseHead();
            client.reset();
            eventually(
                    "no request is under way",
                    () -> setup.gateway.metrics().sum("millrace_requests_active") == 0);
            asked.get(0).send("0");
            for (int i = 1; i < 4; i++) {
                asked.get(i).echo();
            }
            eventually(
                    "the connection has nothing to do",
                    () -> setup.upstream("connections_active") == 0);
            RawClient other = setup.connect();
            Asked next = setup.ask(other, "/next");
            assertThat(next.on()).isSameAs(asked.get(0).on());
            next.echo();
            assertThat(other.readResponse().text()).isEqualTo("/next");
        }
    }

    @Test
    void shouldAnswer408BehindTheAnswersToCompleteRequests() throws Exception {
        try (SharedSetup setup = reading("timeouts: {headers: 300ms}")) {
            RawClient client = setup.connect().send(get("/1") + get("/2") + "GET /3 HTTP");
            Asked first = setup.origin.next();
            Asked second = setup.origin.next();
            // The time for the head passes while the others wait for the origin.
            assertThat(client.staysSilentFor(500)).isTrue();
            first.echo();
            second.echo();
            assertThat(client.readResponse().text()).isEqualTo("/1");
            assertThat(client.readResponse().text()).isEqualTo("/2");
            Response late = client.readResponse();
            assertThat(late.status()).isEqualTo(408);
            assertThat(late.announcesClose()).isTrue();
            client.expectEnd();
        }
    }

    @Test
    void shouldCloseBehindAnAnswerThatAnHttp10ClientCannotTellTheEndOf() throws Exception {
        try (SharedSetup setup = reading("limits: {pipelined: 16}")) {
            String request = "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n";
            RawClient client = setup.connect().send(request.repeat(3));
            Asked first = setup.origin.next();
            setup.origin.next();
            Asked third = setup.origin.next();
            first.on().reply("one");
            first.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n");
            third.on().reply("three");
            Response one = client.readResponse();
            assertThat(one.text()).isEqualTo("one");
            assertThat(one.fields().members("connection")).contains("keep-alive");
            assertThat(client.readResponse().text()).isEqualTo("two");
            client.expectEnd();
            eventually(
                    "no request is under way",
                    () -> setup.gateway.metrics().sum("millrace_requests_active") == 0);
        }
    }

    @Test
    void shouldAnswerPipelinedRequestsOfAnHttp10ClientThatKeepsTheConnection() throws Exception {
        try (SharedSetup setup = reading("limits: {pipelined: 16}")) {
            RawClient client = setup.connect();
            for (int i = 0; i < 3; i++) {
                client.send("GET /" + i + " HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
            }
            for (int i = 0; i < 3; i++) {
                setup.origin.next().echo();
            }
            for (int i = 0; i < 3; i++) {
                assertThat(client.readResponse().text()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void shouldAnswerWhatWasReadAheadWhenItDrains() throws Exception {
        DrivenOrigin origin = DrivenOrigin.start();
        TestGateway gateway =
                SharedSetup.setup(transport, origin, SharedSetup.ONE)
                        .server("drainTimeout: 10s")
                        .start();
        try (RawClient idle = gateway.connect();
                RawClient client = gateway.connect()) {
            client.send(get("/1") + get("/2") + get("/3"));
            List<Asked> asked = List.of(origin.next(), origin.next(), origin.next());
            CompletableFuture<Path> stopped = CompletableFuture.supplyAsync(gateway::stop);
            idle.expectClose();
            for (Asked one : asked) {
                one.echo();
            }
            assertThat(client.readResponse().announcesClose()).isFalse();
            assertThat(client.readResponse().announcesClose()).isFalse();
            Response last = client.readResponse();
            assertThat(last.text()).isEqualTo("/3");
            assertThat(last.announcesClose()).isTrue();
            client.expectClose();
            stopped.join();
        } finally {
            gateway.close();
            origin.close();
        }
    }

    // ---- memory ----

    @Test
    void shouldHoldOnlySoMuchOfAnAnswerThatIsNotInTurn() throws Exception {
        Body body = Body.random(3, 64L << 20);
        try (DrivenOrigin slow = DrivenOrigin.start();
                DrivenOrigin large = DrivenOrigin.start();
                TestGateway gateway = twoShared(slow, large);
                RawClient client = gateway.connect();
                RawClient other = gateway.connect()) {
            client.send(get("/slow/") + get("/large/1") + get("/large/2"));
            Asked first = slow.next();
            Asked second = large.next();
            Asked third = large.next();
            assertThat(third.on()).isSameAs(second.on());
            Thread sending = Thread.ofVirtual().start(() -> respond(body, second));
            // Who is behind it does not wait, and neither does anybody else.
            Asked again = large.next();
            assertThat(again.target()).isEqualTo("/large/2");
            again.echo();
            other.get("/large/3");
            large.next().echo();
            assertThat(other.readResponse().text()).isEqualTo("/large/3");
            long sent =
                    settled(
                            large.origin()::sentBytes,
                            Duration.ofMillis(200),
                            Duration.ofSeconds(10));
            assertThat(sent).isLessThan(body.length() / 2);
            first.echo();
            assertThat(client.readResponse().text()).isEqualTo("/slow/");
            Body.Digest digest = new Body.Digest();
            Response head = client.reader().readResponseHead();
            client.reader().copyResponseBody(head, "GET", digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            assertThat(client.readResponse().text()).isEqualTo("/large/2");
            sending.join(10_000);
        }
    }

    private TestGateway twoShared(DrivenOrigin slow, DrivenOrigin large) throws IOException {
        return TestGateway.on(transport)
                .upstream("slow", slow.origin(), SharedSetup.ONE)
                .upstream("large", large.origin(), SharedSetup.ONE)
                .route("{name: slow, path: /slow/*, upstream: slow}")
                .route("{name: large, path: /large/*, upstream: large}")
                .start();
    }

    private static void respond(Body body, Asked asked) {
        try {
            body.respondTo(asked.on(), false);
        } catch (IOException closed) {
            // The test sees it by what its client gets.
        }
    }

    @Test
    void shouldGiveUpAClientThatSendsManyAndTakesNothing() throws Exception {
        int many = 5000;
        try (ScriptedOrigin origin = ScriptedOrigin.answering("a".repeat(16 * 1024));
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("timeouts: {body: 300ms}")
                                .upstream("app", origin, SharedSetup.ONE)
                                .start();
                RawClient client = RawClient.connect(gateway.address(), 64 * 1024)) {
            client.send(get("/").repeat(many));
            eventually(
                    "the connection is given up",
                    () -> gateway.metrics().sum("millrace_connections_closed_total") == 1);
            assertThat(origin.requests()).hasSizeLessThan(many);
            eventually(
                    "no request is under way",
                    () -> gateway.metrics().sum("millrace_requests_active") == 0);
            try (RawClient other = gateway.connect()) {
                assertThat(other.get("/").readResponse().body()).hasSize(16 * 1024);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /2 HTT", "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n", "BAD\r\n\r\n"})
    void shouldGiveUpAClientThatTakesNothingOfALargeAnswerWhateverItSends(String sent)
            throws Exception {
        try (SharedSetup setup = reading("timeouts: {body: 500ms, headers: 300ms}")) {
            RawClient client = setup.connectSlow();
            Asked large = setup.ask(client, "/large");
            Thread sending =
                    Thread.ofVirtual().start(() -> respond(Body.random(5, 64L << 20), large));
            eventually(
                    "a pipe holds what the client does not take",
                    () -> setup.gateway.metrics().sum("millrace_pipe_pool_in_use") > 0);
            client.send(sent);
            eventually(
                    "the connection is given up",
                    Duration.ofSeconds(4),
                    () -> setup.gateway.metrics().sum("millrace_requests_active") == 0);
            client.drain();
            sending.join(10_000);
        }
    }
}
