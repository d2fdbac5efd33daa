package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.Fields;
import io.millrace.testing.IncompleteMessageException;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Replays one transcript on live sockets, whole or cut in two; owned by the test's thread. */
final class WireReplay implements Closeable {
    private static final int WHOLE = -1;
    private static final int MOST_CUTS = 160;
    private static final String PROBE = "/probe-of-the-wire-test";

    private final WireCase wire;
    private final ScriptedOrigin origin;
    private final TestGateway gateway;
    private final RawClient barrier;
    private final AtomicReference<@Nullable AssertionError> originFailure = new AtomicReference<>();
    private volatile int position;
    private volatile int originCut = WHOLE;

    WireReplay(WireCase wire, Transport transport) throws IOException {
        this.wire = wire;
        this.origin = ScriptedOrigin.start(this::serve);
        TestGateway.Setup setup =
                TestGateway.on(transport)
                        .upstream("app", origin)
                        .route("{name: all, path: /*, upstream: app}")
                        .route(
                                "{name: probe, path: "
                                        + PROBE
                                        + ", respond: {status: 200, body: probe}}");
        if (!wire.listener().isEmpty()) {
            setup.listener(wire.listener());
        }
        this.gateway = setup.start();
        this.barrier = gateway.connect();
    }

    void replayWhole() throws Exception {
        replay(WHOLE);
    }

    /** Cuts the client's bytes at every point, or at evenly spread ones when there are many. */
    void replayEveryClientCut() throws Exception {
        for (int cut = 1; cut < wire.client().length; cut += stride(wire.client().length)) {
            replay(cut);
        }
    }

    /**
     * Cuts the origin's first answer at every point, or at evenly spread ones when there are many.
     */
    void replayEveryOriginCut() throws Exception {
        if (wire.exchanges().isEmpty()) {
            return;
        }
        int length = wire.exchanges().getFirst().answer().length;
        for (int cut = 1; cut < length; cut += stride(length)) {
            originCut = cut;
            replay(WHOLE);
        }
        originCut = WHOLE;
    }

    private static int stride(int length) {
        return 1 + length / MOST_CUTS;
    }

    private void replay(int cut) throws Exception {
        position = 0;
        try (RawClient client = gateway.connect()) {
            send(client, cut);
            int last = wire.replies().size() - (wire.end() == WireCase.End.CUT ? 1 : 0);
            for (WireCase.Expected expected : wire.replies().subList(0, last)) {
                check(expected, client);
            }
            checkEnd(client);
        } catch (IOException | AssertionError e) {
            throw new AssertionError(where(cut) + e, e);
        }
        AssertionError failure = originFailure.get();
        if (failure != null) {
            throw new AssertionError(
                    where(cut) + "at the origin: " + failure.getMessage(), failure);
        }
        if (!wire.originMayBeAsked()) {
            assertThat(position)
                    .as(where(cut) + "requests at the origin")
                    .isEqualTo(wire.exchanges().size());
        }
    }

    private String where(int cut) {
        if (originCut != WHOLE) {
            return "origin cut at " + originCut + ": ";
        }
        return cut == WHOLE ? "" : "client cut at " + cut + ": ";
    }

    private void send(RawClient client, int cut) throws IOException {
        byte[] bytes = wire.client();
        if (cut == WHOLE) {
            client.send(bytes);
            return;
        }
        awaitTurn();
        client.send(bytes, 0, cut);
        awaitTurn();
        try {
            client.send(bytes, cut, bytes.length - cut);
        } catch (SocketException refusedAlready) {
            // The first part was enough; what was answered is read below.
        }
    }

    /** Returns when the gateway's only shard has seen everything that was sent before. */
    private void awaitTurn() throws IOException {
        // The test and the origin's script may both be at it when a refusal comes early.
        synchronized (barrier) {
            barrier.get(PROBE);
            assertThat(barrier.readResponse().text()).isEqualTo("probe");
        }
    }

    private void check(WireCase.Expected expected, RawClient client) throws IOException {
        String[] start = expected.start().split(" ", -1);
        Response response = client.readResponse(start.length > 1 ? start[0] : "GET");
        assertThat(Integer.toString(response.status())).isIn(statuses(start));
        check(expected, response.fields(), response.text());
    }

    private static Object[] statuses(String[] start) {
        return start[start.length - 1].split("\\|", -1);
    }

    private static void check(WireCase.Expected expected, Fields fields, String body) {
        for (Fields.Field field : expected.present()) {
            List<String> values = fields.all(field.name());
            assertThat(values).as(field.name()).isNotEmpty();
            if (!field.value().equals(WireCase.Expected.ANY)) {
                assertThat(values).as(field.name()).contains(field.value());
            }
        }
        for (String name : expected.absent()) {
            assertThat(fields.all(name)).as(name).isEmpty();
        }
        if (!expected.body().equals(WireCase.Expected.ANY)) {
            assertThat(body).isEqualTo(expected.body());
        }
    }

    private void checkEnd(RawClient client) throws IOException {
        switch (wire.end()) {
            case OPEN -> {
                client.get(PROBE);
                assertThat(client.readResponse().text()).isEqualTo("probe");
            }
            case CLOSE -> client.expectEnd();
            case CUT ->
                    assertThatThrownBy(client::readResponse)
                            .isInstanceOfAny(
                                    IncompleteMessageException.class, SocketException.class);
        }
    }

    private void serve(OriginConnection connection) throws Exception {
        while (true) {
            Request head = connection.readHead();
            int at = position;
            position = at + 1;
            if (at >= wire.exchanges().size()) {
                connection.awaitEnd();
                return;
            }
            WireCase.Exchange exchange = wire.exchanges().get(at);
            Request request = connection.reader().readRequestBody(head);
            try {
                checkRequest(exchange.request(), request);
            } catch (AssertionError failure) {
                originFailure.compareAndSet(null, failure);
            }
            answer(connection, exchange.answer(), at == 0 ? originCut : WHOLE);
            if (exchange.closes()) {
                return;
            }
        }
    }

    private static void checkRequest(WireCase.Expected expected, Request request) {
        if (!expected.start().equals(WireCase.Expected.ANY)) {
            assertThat(request.method() + " " + request.target() + " " + request.version())
                    .isEqualTo(expected.start());
        }
        check(expected, request.fields(), request.text());
    }

    private void answer(OriginConnection connection, byte[] bytes, int cut) throws IOException {
        if (cut == WHOLE) {
            connection.send(bytes);
            return;
        }
        connection.send(bytes, 0, cut);
        awaitTurn();
        connection.send(bytes, cut, bytes.length - cut);
    }

    @Override
    public void close() throws IOException {
        barrier.close();
        gateway.close();
        origin.close();
    }
}
