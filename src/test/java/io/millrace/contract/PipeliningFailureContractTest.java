package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.Body;
import io.millrace.testing.DrivenOrigin.Asked;
import io.millrace.testing.IncompleteMessageException;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.Transport;
import io.millrace.time.TimerWheel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Says what becomes of the requests on a shared connection when the origin, or one of the clients,
 * does not keep to its part; owned by the test's thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class PipeliningFailureContractTest {
    private static final String SOON = "pipelining: {connections: 1, maximumAge: 100ms}";
    private static final int LARGE = 4 << 20;

    private final Transport transport;

    PipeliningFailureContractTest(Transport transport) {
        this.transport = transport;
    }

    // ---- the origin ends ----

    @ParameterizedTest
    @CsvSource({"0,false", "1,false", "2,false", "3,false", "0,true", "1,true", "2,true", "3,true"})
    void shouldSendWhatWasNotAnsweredElsewhereWhenTheOriginEnds(int answered, boolean reset)
            throws Exception {
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            OriginConnection dying = asked.getFirst().on();
            for (int i = 0; i < answered; i++) {
                asked.get(i).echo();
                assertThat(clients.get(i).readResponse().text()).isEqualTo("/" + i);
            }
            end(dying, reset);
            if (answered == 3) {
                eventually("it has ended", () -> setup.origin.origin().openConnections() == 0);
            }
            for (int i = answered; i < 3; i++) {
                Asked again = setup.origin.next();
                assertThat(again.on()).isNotSameAs(dying);
                again.echo();
            }
            for (int i = answered; i < 3; i++) {
                assertThat(clients.get(i).readResponse().text()).isEqualTo("/" + i);
            }
            expectNothingMore(setup, clients);
        }
    }

    @Test
    void shouldTryTheFirstRequestOfANewConnectionOnlyOnce() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(2, asked);
            end(asked.getFirst().on(), false);
            // As on a connection of its own: it may well be what the origin died of.
            Response failed = clients.get(0).readResponse();
            assertThat(failed.status()).isEqualTo(502);
            assertThat(failed.text()).contains("upstream_closed");
            setup.origin.next().echo();
            assertThat(clients.get(1).readResponse().text()).isEqualTo("/1");
        }
    }

    @Test
    void shouldGiveUpARequestThatTwoConnectionsHaveLeftUnanswered() throws Exception {
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            int ended = 1;
            end(asked.getFirst().on(), false);
            for (int i = 0; i < 3; i++) {
                end(setup.origin.next().on(), false);
                ended++;
            }
            for (RawClient client : clients) {
                assertThat(client.readResponse().status()).isEqualTo(502);
            }
            setup.awaitTurn();
            assertThat(setup.origin.poll()).isNull();
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(ended);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCutWhatWasHalfAnswered(boolean reset) throws Exception {
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            OriginConnection dying = asked.getFirst().on();
            dying.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/");
            Response head = clients.get(0).reader().readResponseHead();
            end(dying, reset);
            assertThatThrownBy(() ->
                            clients.get(0)
                                    .reader()
                                    .copyResponseBody(head, "GET", OutputStream.nullOutputStream()))
                    .isInstanceOfAny(IncompleteMessageException.class, SocketException.class);
            answerElsewhere(setup, dying, clients, 1);
        }
    }

    @Test
    void shouldAnswer502ToTheOneWhoseHeadWasHalfSent() throws Exception {
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            OriginConnection dying = asked.getFirst().on();
            dying.send("HTTP/1.1 200 OK\r\nContent-Le");
            setup.awaitTurn();
            end(dying, false);
            Response failed = clients.get(0).readResponse();
            assertThat(failed.status()).isEqualTo(502);
            assertThat(failed.text()).contains("bad_response");
            answerElsewhere(setup, dying, clients, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n/0",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n/0",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n/0",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n/0"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n/0"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
            })
    void shouldSendThoseElsewhereWhoAreBehindALastAnswer(String last) throws Exception {
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            asked.getFirst().send(last);
            assertThat(clients.get(0).readResponse().text()).isEqualTo("/0");
            answerElsewhere(setup, asked.getFirst().on(), clients, 1);
            assertThat(setup.upstream("moves_total")).isEqualTo(2);
            assertThat(setup.upstream("retries_total")).isZero();
            eventually(
                    "the connection is closed",
                    () ->
                            setup.origin.origin().openConnections()
                                    == setup.origin.origin().acceptedConnections() - 1);
        }
    }

    @Test
    void shouldPassAnAnswerThatLastsUntilTheCloseWhole() throws Exception {
        try (SharedSetup setup = used(SOON)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            asked.getFirst().send("HTTP/1.1 200 OK\r\n\r\nuntil ");
            // Nobody behind it waits for its end.
            answerElsewhere(setup, asked.getFirst().on(), clients, 1);
            asked.getFirst().send("the end");
            end(asked.getFirst().on(), false);
            assertThat(clients.get(0).readResponse().text()).isEqualTo("until the end");
        }
    }

    // ---- the origin is late ----

    @Test
    void shouldSendThoseElsewhereWhoAreBehindOneThatIsNotAnsweredInTime() throws Exception {
        try (SharedSetup setup = used("timeouts: {response: 500ms}, " + SOON)) {
            RawClient first = setup.connect();
            Asked late = setup.ask(first, "/late");
            assertThat(late.on().number()).isZero();
            RawClient second = setup.connect();
            // Its own time must end in a later tick of the timers, however late the machine is.
            LockSupport.parkNanos(3 * TimerWheel.TICK_NS);
            Asked behind = setup.ask(second, "/behind");
            assertThat(behind.on()).isSameAs(late.on());
            Response failed = first.readResponse();
            assertThat(failed.status()).isEqualTo(504);
            assertThat(failed.text()).contains("response_timeout");
            Asked again = setup.origin.next();
            assertThat(again.target()).isEqualTo("/behind");
            assertThat(again.on()).isNotSameAs(late.on());
            again.echo();
            assertThat(second.readResponse().text()).isEqualTo("/behind");
        }
    }

    @Test
    void shouldAnswer504ToEverybodyWhenTheOriginNeverAnswers() throws Exception {
        try (SharedSetup setup = used("timeouts: {response: 300ms}, " + SOON)) {
            List<RawClient> clients = setup.asking(5, new ArrayList<>());
            for (RawClient client : clients) {
                assertThat(client.readResponse().status()).isEqualTo(504);
            }
            eventually(
                    "nothing is left",
                    () ->
                            setup.gateway.metrics().sum("millrace_requests_active") == 0
                                    && setup.upstream("connections_active") == 0
                                    && setup.origin.origin().openConnections() == 0);
        }
    }

    @Test
    void shouldAnswer502WhenNothingListens() throws Exception {
        try (SharedSetup setup = SharedSetup.with(transport, SharedSetup.ONE)) {
            setup.origin.origin().stopListening();
            RawClient client = setup.connect().get("/").get("/").get("/");
            for (int i = 0; i < 3; i++) {
                Response response = client.readResponse();
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.text()).contains("connect_failed");
            }
        }
    }

    @Test
    void shouldAnswer502WhenNothingListensAnyMoreAndTheOpenConnectionIsLate() throws Exception {
        try (SharedSetup setup = used("pipelining: {connections: 2, maximumAge: 100ms}")) {
            RawClient first = setup.connect();
            Asked late = setup.ask(first, "/late");
            setup.origin.origin().stopListening();
            assertThat(first.staysSilentFor(150)).isTrue();
            Response refused = setup.connect().get("/").readResponse();
            assertThat(refused.text()).contains("connect_failed");
            late.echo();
            assertThat(first.readResponse().text()).isEqualTo("/late");
        }
    }

    // ---- answers that are too much for sharing ----

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLetNobodyWaitBehindALargeAnswer(boolean chunked) throws Exception {
        Body body = Body.random(7, LARGE);
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            OriginConnection large = asked.getFirst().on();
            Thread sending = Thread.ofVirtual().start(() -> respond(body, large, chunked));
            // Its client takes nothing of it yet.
            answerElsewhere(setup, large, clients, 1);
            Body.Digest digest = new Body.Digest();
            Response head = clients.get(0).reader().readResponseHead();
            clients.get(0).reader().copyResponseBody(head, "GET", digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            sending.join(10_000);
            eventually(
                    "its connection is not shared again",
                    () -> setup.origin.origin().openConnections() == 2);
        }
    }

    @Test
    void shouldKeepASmallAnswerForASlowReader() throws Exception {
        String small = "s".repeat(40_000);
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            RawClient slow = setup.connectSlow();
            RawClient other = setup.connect();
            for (int i = 0; i < 5; i++) {
                Asked kept = setup.ask(slow, "/slow");
                Asked next = setup.ask(other, "/next");
                kept.on().reply(small);
                next.echo();
                assertThat(other.readResponse().text()).isEqualTo("/next");
                assertThat(slow.readResponse().text()).isEqualTo(small);
            }
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(1);
        }
    }

    private static void respond(Body body, OriginConnection connection, boolean chunked) {
        try {
            body.respondTo(connection, chunked);
        } catch (IOException closed) {
            // The test sees it by what its client gets.
        }
    }

    @Test
    void shouldNotMixAnAnswerThatAClientHasNotTakenWithTheHeadBehindIt() throws Exception {
        String first = "1".repeat(9_000_000);
        String last = "0".repeat(500);
        String field = "X-Long: " + "2".repeat(60_000) + "\r\n";
        try (SharedSetup setup =
                used("pipelining: {connections: 1, maximumAge: 1m, maximumBuffered: 16MiB}")) {
            RawClient slow = setup.connectSlow();
            slow.send("GET /slow HTTP/1.0\r\nHost: a\r\n\r\n");
            Asked asked = setup.origin.next();
            RawClient other = setup.connect();
            setup.ask(other, "/next");
            asked.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            asked.send(Integer.toHexString(first.length()) + "\r\n" + first + "\r\n");
            setup.awaitTurn();
            // Its last chunk is taken off its framing where it lies, in one buffer with the
            // beginning of the next head, which the rest is then joined to.
            asked.send(
                    Integer.toHexString(last.length())
                            + "\r\n"
                            + last
                            + "\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n");
            setup.awaitTurn();
            asked.send(field + "\r\nnext");
            Response next = other.readResponse();
            assertThat(next.text()).isEqualTo("next");
            assertThat(slow.readResponse().text().equals(first + last)).isTrue();
        }
    }

    // ---- clients that leave ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldThrowTheAnswerAwayOfAClientThatHasLeft(int leaving) throws Exception {
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(3, asked);
            leave(setup, clients.get(leaving), 2);
            for (int i = 0; i < 3; i++) {
                asked.get(i).echo();
                if (i != leaving) {
                    assertThat(clients.get(i).readResponse().text()).isEqualTo("/" + i);
                }
            }
            RawClient next = setup.connect();
            setup.ask(next, "/next").echo();
            assertThat(next.readResponse().text()).isEqualTo("/next");
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void shouldThrowTheRestAwayOfAnAnswerWhoseClientLeavesInTheMiddle() throws Exception {
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(2, asked);
            asked.get(0).send("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + "a".repeat(1000));
            clients.get(0).reader().readResponseHead();
            leave(setup, clients.get(0), 1);
            asked.get(0).send("a".repeat(1000));
            asked.get(1).echo();
            assertThat(clients.get(1).readResponse().text()).isEqualTo("/1");
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotReadALargeAnswerThatNobodyWants() throws Exception {
        try (SharedSetup setup = used(SharedSetup.ONE)) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(2, asked);
            OriginConnection unwanted = asked.getFirst().on();
            leave(setup, clients.get(0), 1);
            Body body = Body.random(9, 64L << 20);
            Thread sending = Thread.ofVirtual().start(() -> respond(body, unwanted, false));
            answerElsewhere(setup, unwanted, clients, 1);
            sending.join(10_000);
            assertThat(setup.origin.origin().sentBytes()).isLessThan(body.length() / 2);
            eventually(
                    "the connection is replaced",
                    () -> setup.origin.origin().openConnections() == 1);
        }
    }

    @Test
    void shouldNotCountWhatWasThrownAwayBefore() throws Exception {
        String body = "b".repeat(3000);
        try (SharedSetup setup =
                used("pipelining: {connections: 1, maximumAge: 1m, maximumBuffered: 4KiB}")) {
            for (int i = 0; i < 5; i++) {
                RawClient leaving = setup.connect();
                Asked unwanted = setup.ask(leaving, "/unwanted");
                unwanted.send("HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n");
                leaving.reader().readResponseHead();
                leave(setup, leaving, 0);
                unwanted.send(body);
                setup.awaitTurn();
            }
            setup.ask(setup.connect(), "/wanted");
            assertThat(setup.origin.origin().acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void shouldLetNobodyWaitForALateAnswerThatNobodyWants() throws Exception {
        try (SharedSetup setup = used(SOON)) {
            RawClient leaving = setup.connect();
            Asked unwanted = setup.ask(leaving, "/unwanted");
            RawClient other = setup.connect();
            assertThat(setup.ask(other, "/other").on()).isSameAs(unwanted.on());
            leaving.reset();
            Asked again = setup.origin.next();
            assertThat(again.target()).isEqualTo("/other");
            assertThat(again.on()).isNotSameAs(unwanted.on());
            again.echo();
            assertThat(other.readResponse().text()).isEqualTo("/other");
        }
    }

    @Test
    void shouldForgetAClientThatLeavesWhileItWaitsForRoom() throws Exception {
        try (SharedSetup setup = used("pipelining: {depth: 2, connections: 1, maximumAge: 1m}")) {
            List<Asked> asked = new ArrayList<>();
            List<RawClient> clients = setup.asking(2, asked);
            RawClient waiting = setup.connect().get("/waiting");
            setup.awaitTurn();
            leave(setup, waiting, 2);
            asked.get(0).echo();
            assertThat(clients.get(0).readResponse().text()).isEqualTo("/0");
            Asked next = setup.ask(clients.get(0), "/next");
            assertThat(next.on()).isSameAs(asked.get(0).on());
        }
    }

    // ---- what all of them do ----

    /** With a connection that has answered before. */
    private SharedSetup used(String keys) throws Exception {
        SharedSetup setup = SharedSetup.with(transport, keys);
        RawClient client = setup.connect();
        setup.ask(client, "/used").echo();
        assertThat(client.readResponse().text()).isEqualTo("/used");
        return setup;
    }

    private static void end(OriginConnection connection, boolean reset) throws IOException {
        if (reset) {
            connection.reset();
        } else {
            connection.close();
        }
    }

    /** Leaves by a reset, and returns when only so many requests are under way. */
    private static void leave(SharedSetup setup, RawClient client, int left) throws Exception {
        client.reset();
        eventually(
                "its request is over",
                () -> setup.gateway.metrics().sum("millrace_requests_active") == left);
    }

    private static void answerElsewhere(
            SharedSetup setup, OriginConnection not, List<RawClient> clients, int from)
            throws Exception {
        for (int i = from; i < clients.size(); i++) {
            Asked again = setup.origin.next();
            assertThat(again.on()).isNotSameAs(not);
            again.echo();
        }
        for (int i = from; i < clients.size(); i++) {
            assertThat(clients.get(i).readResponse().text()).isEqualTo("/" + i);
        }
    }

    private static void expectNothingMore(SharedSetup setup, List<RawClient> clients)
            throws Exception {
        setup.awaitTurn();
        assertThat(setup.origin.poll()).isNull();
        for (RawClient client : clients) {
            setup.ask(client, "/last").echo();
            assertThat(client.readResponse().text()).isEqualTo("/last");
        }
    }
}
