package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.DrivenOrigin;
import io.millrace.testing.DrivenOrigin.Asked;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says which requests share connections to an origin, and how; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class PipeliningContractTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String END_OF_HEAD = "\r\n\r\n";

    private final Transport transport;

    PipeliningContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldSendRequestsOfManyClientsBeforeTheFirstIsAnswered() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(20, asked);
            for (int i = 0; i < clients.size(); i++) {
                asked.get(i).echo();
                assertThat(clients.get(i).readResponse().text()).isEqualTo("/" + i);
            }
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(1);
            assertThat(setup.upstream("moves_total")).isZero();
        }
    }

    @Test
    void shouldNotShareUnlessItIsSaid() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, "pipelining: off")) {
            List<Asked> asked = new ArrayList<>();
            setup.asking(3, asked);
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(3);
        }
    }

    @Test
    void shouldPassEachAnswerOnAtOnce() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            asked.get(0).echo();
            assertThat(clients.get(0).readResponse().text()).isEqualTo("/0");
            asked.get(1).send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/");
            Response head = clients.get(1).reader().readResponseHead();
            assertThat(head.status()).isEqualTo(200);
            assertThat(clients.get(1).reader().readExactly(1)).isEqualTo(new byte[] {'/'});
            asked.get(1).send("1");
            assertThat(clients.get(1).reader().readExactly(1)).isEqualTo(new byte[] {'1'});
            asked.get(2).echo();
            assertThat(clients.get(2).readResponse().text()).isEqualTo("/2");
        }
    }

    @Test
    void shouldSendTheRequestsOfOneTurnInOneWrite() throws Exception {
        List<Integer> heads = new CopyOnWriteArrayList<>();
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> count(connection, heads));
                TestGateway gateway =
                        TestGateway.on(transport).upstream("app", origin, SharedSetup.ONE).start();
                RawClient client = gateway.connect()) {
            // One write is one segment of the loopback, which no read divides. Several might be
            // read together by chance, but not each time.
            for (int round = 0; round < 20; round++) {
                client.send(GET.repeat(10));
                for (int i = 0; i < 10; i++) {
                    assertThat(client.readResponse().status()).isEqualTo(200);
                }
            }
            assertThat(heads).hasSize(20).containsOnly(10);
        }
    }

    /** Answers each read with as many answers as there were heads in it. */
    private static void count(OriginConnection connection, List<Integer> heads) throws IOException {
        connection
                .reader()
                .copyToEnd(
                        new OutputStream() {
                            @Override
                            public void write(int b) {
                                throw new IllegalStateException("not one by one");
                            }

                            @Override
                            public void write(byte[] bytes, int offset, int length)
                                    throws IOException {
                                String read =
                                        new String(
                                                bytes, offset, length, StandardCharsets.ISO_8859_1);
                                int count = read.split(END_OF_HEAD, -1).length - 1;
                                heads.add(count);
                                connection.send(
                                        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                                .repeat(count));
                            }
                        });
    }

    @Test
    void shouldNotLetARequestWaitForCompany() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            RawClient client = setup.connect();
            for (int i = 0; i < 5; i++) {
                Asked asked = setup.ask(client, "/" + i);
                asked.echo();
                assertThat(client.readResponse().text()).isEqualTo("/" + i);
            }
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /own HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
                "POST /own HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
                "PUT /own HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "DELETE /own HTTP/1.1\r\nHost: a\r\n\r\n",
                "PATCH /own HTTP/1.1\r\nHost: a\r\n\r\n",
                "FETCH /own HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /own HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
            })
    void shouldKeepRequestsThatAreUnsafeOrHaveABodyOffSharedConnections(String request)
            throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            RawClient reader = setup.connect();
            RawClient other = setup.connect();
            RawClient writer = setup.connect();
            Asked held = setup.ask(reader, "/held");
            writer.send(request);
            Asked own = setup.origin.next();
            assertThat(own.on()).isNotSameAs(held.on());
            Asked behind = setup.ask(other, "/behind");
            assertThat(behind.on()).isSameAs(held.on());
            own.echo();
            assertThat(writer.readResponse().text()).isEqualTo("/own");
            held.echo();
            behind.echo();
            assertThat(reader.readResponse().text()).isEqualTo("/held");
            assertThat(other.readResponse().text()).isEqualTo("/behind");
            // Nor when the shared connection has nothing to do.
            writer.send(request);
            assertThat(setup.origin.next().on()).isNotSameAs(held.on());
        }
    }

    @Test
    void shouldTellAnswersOfAllKindsApart() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            List<RawClient> clients = new ArrayList<>();
            String[] methods = {"GET", "HEAD", "OPTIONS", "GET", "HEAD", "GET", "GET", "GET"};
            for (String method : methods) {
                RawClient client = setup.connect();
                clients.add(client);
                client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(setup.origin.next().request().method()).isEqualTo(method);
            }
            OriginConnection connection = setup.origin.nextConnection();
            connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nget"
                            + "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                            + "HTTP/1.1 204 No Content\r\nAllow: GET\r\n\r\n"
                            + "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 99\r\n\r\n"
                            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                            + "4;x=y\r\nchun\r\n2\r\nks\r\n0\r\nX-Sum: 6\r\n\r\n"
                            + "HTTP/1.1 102 Processing\r\n\r\n"
                            + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                            + "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                            + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast");
            assertThat(clients.get(0).readResponse().text()).isEqualTo("get");
            Response toHead = clients.get(1).readResponse("HEAD");
            assertThat(toHead.header("content-length")).isEqualTo("1000");
            assertThat(clients.get(2).readResponse("OPTIONS").status()).isEqualTo(204);
            assertThat(clients.get(3).readResponse().header("etag")).isEqualTo("\"x\"");
            assertThat(clients.get(4).readResponse("HEAD").status()).isEqualTo(200);
            Response chunked = clients.get(5).readResponse();
            assertThat(chunked.text()).isEqualTo("chunks");
            assertThat(chunked.trailers().value("x-sum")).isEqualTo("6");
            assertThat(clients.get(6).readResponse().status()).isEqualTo(102);
            assertThat(clients.get(6).readResponse().header("link")).isEqualTo("</a>");
            assertThat(clients.get(6).readResponse().status()).isEqualTo(404);
            assertThat(clients.get(7).readResponse().text()).isEqualTo("last");
            for (RawClient client : clients) {
                setup.ask(client, "/again").echo();
                assertThat(client.readResponse().text()).isEqualTo("/again");
            }
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void shouldTellAnswersApartWhereverTheyAreSplit() throws Exception {
        String wire =
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"
                        + "HTTP/1.1 103 Early\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "2\r\ntw\r\n1\r\no\r\n0\r\nX-T: 2\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthree";
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            List<RawClient> clients = List.of(setup.connect(), setup.connect(), setup.connect());
            for (int cut = 1; cut < wire.length(); cut++) {
                Asked first = setup.ask(clients.get(0), "/1");
                setup.ask(clients.get(1), "/2");
                setup.ask(clients.get(2), "/3");
                first.send(wire.substring(0, cut));
                setup.awaitTurn();
                first.send(wire.substring(cut));
                String at = "split at " + cut;
                assertThat(clients.get(0).readResponse().text()).as(at).isEqualTo("one");
                assertThat(clients.get(1).readResponse().status()).as(at).isEqualTo(103);
                Response second = clients.get(1).readResponse();
                assertThat(second.text()).as(at).isEqualTo("two");
                assertThat(second.trailers().value("x-t")).as(at).isEqualTo("2");
                assertThat(clients.get(2).readResponse().text()).as(at).isEqualTo("three");
            }
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotSendMoreThanTheDepth() throws Exception {
        try (SharedSetup setup =
                SharedSetup.with(
                        transport, "pipelining: {depth: 2, connections: 1, maximumAge: 1m}")) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(2, asked);
            RawClient third = setup.connect().get("/third");
            setup.awaitTurn();
            assertThat(setup.origin.poll()).isNull();
            asked.get(0).echo();
            assertThat(clients.get(0).readResponse().text()).isEqualTo("/0");
            Asked last = setup.origin.next();
            asked.get(1).echo();
            last.echo();
            assertThat(clients.get(1).readResponse().text()).isEqualTo("/1");
            assertThat(third.readResponse().text()).isEqualTo("/third");
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(1);
            assertThat(setup.upstream("pool_waits_total")).isEqualTo(1);
        }
    }

    @Test
    void shouldNotShareMoreConnectionsThanItMay() throws Exception {
        try (SharedSetup setup =
                SharedSetup.with(
                        transport, "pipelining: {depth: 2, connections: 2, maximumAge: 1m}")) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(4, asked);
            RawClient fifth = setup.connect().get("/fifth");
            setup.awaitTurn();
            assertThat(setup.origin.poll()).isNull();
            for (int i = 0; i < 4; i++) {
                asked.get(i).echo();
                assertThat(clients.get(i).readResponse().text()).isEqualTo("/" + i);
            }
            setup.origin.next().echo();
            assertThat(fifth.readResponse().text()).isEqualTo("/fifth");
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(2);
        }
    }

    @Test
    void shouldSendNewRequestsElsewhereWhenTheOldestHasWaitedForTooLong() throws Exception {
        try (SharedSetup setup =
                SharedSetup.with(transport, "pipelining: {connections: 1, maximumAge: 150ms}")) {
            RawClient slow = setup.connect();
            RawClient before = setup.connect();
            RawClient after = setup.connect();
            Asked late = setup.ask(slow, "/late");
            Asked behind = setup.ask(before, "/behind");
            assertThat(behind.on()).isSameAs(late.on());
            assertThat(slow.staysSilentFor(200)).isTrue();
            Asked elsewhere = setup.ask(after, "/elsewhere");
            assertThat(elsewhere.on()).isNotSameAs(late.on());
            elsewhere.echo();
            assertThat(after.readResponse().text()).isEqualTo("/elsewhere");
            late.echo();
            behind.echo();
            assertThat(slow.readResponse().text()).isEqualTo("/late");
            assertThat(before.readResponse().text()).isEqualTo("/behind");
            // It is shared again, now that nobody waits on it.
            assertThat(setup.ask(after, "/again").on()).isSameAs(late.on());
        }
    }

    @Test
    void shouldSendThoseElsewhereWhoWaitForRoomBehindAnOldRequest() throws Exception {
        try (SharedSetup setup =
                SharedSetup.with(
                        transport, "pipelining: {depth: 2, connections: 1, maximumAge: 50ms}")) {
            // Nothing is connected yet, so that all of them wait at first.
            RawClient client = setup.connect().send(GET.repeat(4));
            List<Asked> asked = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                asked.add(setup.origin.next());
            }
            assertThat(asked.get(1).on()).isSameAs(asked.get(0).on());
            assertThat(asked.get(2).on()).isNotSameAs(asked.get(0).on());
            assertThat(asked.get(3).on()).isNotSameAs(asked.get(0).on());
            for (Asked one : asked) {
                one.echo();
            }
            for (int i = 0; i < 4; i++) {
                assertThat(client.readResponse().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void shouldLetOtherRequestsHaveThePlaceOfAnIdleSharedConnection() throws Exception {
        try (SharedSetup setup =
                SharedSetup.with(
                        transport, "pool: {maximumPoolSize: 1}, pipelining: {connections: 1}")) {
            RawClient client = setup.connect();
            for (int i = 0; i < 3; i++) {
                setup.ask(client, "/get").echo();
                assertThat(client.readResponse().text()).isEqualTo("/get");
                client.send("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
                setup.origin.next().echo();
                assertThat(client.readResponse().text()).isEqualTo("/post");
            }
        }
    }

    @Test
    void shouldLetOtherRequestsHaveThePlaceOfABusySharedConnection() throws Exception {
        try (SharedSetup setup =
                SharedSetup.with(
                        transport,
                        "pool: {maximumPoolSize: 1}, pipelining: {connections: 1, maximumAge: 1m}")) {
            RawClient first = setup.connect();
            RawClient writer = setup.connect();
            RawClient second = setup.connect();
            Asked held = setup.ask(first, "/held");
            writer.send("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            setup.awaitTurn();
            // Others do not pass it for ever.
            second.get("/behind");
            setup.awaitTurn();
            held.echo();
            assertThat(first.readResponse().text()).isEqualTo("/held");
            Asked post = setup.origin.next();
            assertThat(post.target()).isEqualTo("/post");
            post.echo();
            assertThat(writer.readResponse().text()).isEqualTo("/post");
            setup.origin.next().echo();
            assertThat(second.readResponse().text()).isEqualTo("/behind");
        }
    }

    @Test
    void shouldOnlyCountThoseAsWaitingForWhomNoConnectionIsBeingOpened() throws Exception {
        try (SharedSetup setup =
                SharedSetup.with(
                        transport,
                        "pool: {maximumPending: 1},"
                                + " pipelining: {depth: 2, connections: 1, maximumAge: 1m}")) {
            RawClient client = setup.connect().send(GET.repeat(3));
            Asked first = setup.origin.next();
            Asked second = setup.origin.next();
            RawClient tooMany = setup.connect();
            Response refused = tooMany.get("/").readResponse();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.text()).contains("pool_full");
            first.echo();
            second.echo();
            setup.origin.next().echo();
            for (int i = 0; i < 3; i++) {
                assertThat(client.readResponse().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void shouldCloseASharedConnectionThatIdlesForTooLong() throws Exception {
        try (SharedSetup setup =
                SharedSetup.with(transport, "pool: {idleTimeout: 1s}, " + SharedSetup.ONE)) {
            RawClient client = setup.connect();
            setup.ask(client, "/").echo();
            assertThat(client.readResponse().status()).isEqualTo(200);
            eventually(
                    "the idle connection is closed",
                    () -> setup.origin.origin().openConnections() == 0);
            setup.ask(client, "/again").echo();
            assertThat(client.readResponse().text()).isEqualTo("/again");
        }
    }

    @Test
    void shouldCloseASharedConnectionThatNobodyWaitedForInTheEnd() throws Exception {
        try (FullBacklog full = FullBacklog.open();
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        "{endpoints: [\"%s\"], pool: {idleTimeout: 1s}, pipelining: {}}"
                                                .formatted(full.address()))
                                .start();
                RawClient leaving = gateway.connect()) {
            leaving.get("/");
            eventually(
                    "it connects",
                    () -> gateway.metrics().sum("millrace_upstream_connects_total") == 1);
            leaving.reset();
            eventually(
                    "nobody waits", () -> gateway.metrics().sum("millrace_requests_active") == 0);
            try (Socket unused = full.makeRoom()) {
                unused.setSoTimeout(5_000);
                assertThat(unused.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void shouldAnswerWhatIsUnderWayWhenAReloadChangesTheConnections() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            asked.get(0).send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/");
            TestGateway.Setup next =
                    SharedSetup.setup(
                            transport,
                            setup.origin,
                            "pipelining: {depth: 4, connections: 1, maximumAge: 1m}");
            assertThat(setup.gateway.reload(next)).isTrue();
            Asked later = setup.ask(setup.connect(), "/later");
            assertThat(later.on()).isNotSameAs(asked.get(0).on());
            asked.get(0).send("0");
            asked.get(1).echo();
            asked.get(2).echo();
            for (int i = 0; i < 3; i++) {
                assertThat(clients.get(i).readResponse().text()).isEqualTo("/" + i);
            }
            eventually(
                    "the connection of the old generation is closed",
                    () -> setup.origin.origin().openConnections() == 1);
            assertThat(setup.upstream("moves_total")).isZero();
        }
    }

    @Test
    void shouldAnswerWhatIsUnderWayWhenItDrains() throws Exception {
        DrivenOrigin origin = DrivenOrigin.start();
        TestGateway gateway =
                SharedSetup.setup(transport, origin, SharedSetup.ONE)
                        .server("drainTimeout: 10s")
                        .start();
        try (RawClient idle = gateway.connect();
                RawClient first = gateway.connect();
                RawClient second = gateway.connect()) {
            first.get("/1");
            Asked one = origin.next();
            second.get("/2");
            Asked two = origin.next();
            CompletableFuture<Path> stopped = CompletableFuture.supplyAsync(gateway::stop);
            idle.expectClose();
            one.echo();
            two.echo();
            Response answer = first.readResponse();
            assertThat(answer.text()).isEqualTo("/1");
            assertThat(answer.announcesClose()).isTrue();
            assertThat(second.readResponse().text()).isEqualTo("/2");
            first.expectClose();
            second.expectClose();
            stopped.join();
            eventually("no connection is left", () -> origin.origin().openConnections() == 0);
        } finally {
            gateway.close();
            origin.close();
        }
    }
}
