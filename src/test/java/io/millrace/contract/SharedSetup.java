package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.DrivenOrigin;
import io.millrace.testing.DrivenOrigin.Asked;
import io.millrace.testing.RawClient;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A gateway of one shard in front of an origin whose connections are shared, and its clients; owned
 * by the test's thread.
 */
final class SharedSetup implements AutoCloseable {
    /** One shared connection, and no test is slow enough to be late on it. */
    static final String ONE = "pipelining: {connections: 1, maximumAge: 1m}";

    private static final String PROBE = "{name: probe, path: /probe, respond: {status: 204}}";

    final DrivenOrigin origin;
    final TestGateway gateway;
    private final List<RawClient> clients = new ArrayList<>();
    private final RawClient probe;

    private SharedSetup(DrivenOrigin origin, TestGateway gateway) throws IOException {
        this.origin = origin;
        this.gateway = gateway;
        this.probe = connect();
    }

    /** Everything goes to the origin, with these keys of the upstream. */
    static SharedSetup with(Transport transport, String keys) throws IOException {
        return with(transport, keys, "limits: {pipelined: 16}");
    }

    static SharedSetup with(Transport transport, String keys, String listener) throws IOException {
        DrivenOrigin origin = DrivenOrigin.start();
        return new SharedSetup(origin, setup(transport, origin, keys).listener(listener).start());
    }

    static TestGateway.Setup setup(Transport transport, DrivenOrigin origin, String keys) {
        return TestGateway.on(transport)
                .upstream("app", origin.origin(), keys)
                .route("{name: all, path: /*, upstream: app}")
                .route(PROBE);
    }

    /** A client that is closed with the rest. */
    RawClient connect() throws IOException {
        RawClient client = gateway.connect();
        clients.add(client);
        return client;
    }

    /** A client with a small receive buffer, closed with the rest. */
    RawClient connectSlow() throws IOException {
        RawClient client = RawClient.connect(gateway.address(), 8 * 1024);
        clients.add(client);
        return client;
    }

    /** That many clients, each of which has asked for a target of its own: /0, /1 and so on. */
    List<RawClient> asking(int count, List<Asked> asked) throws Exception {
        List<RawClient> asking = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            asking.add(connect().get("/" + i));
            Asked next = origin.next();
            assertThat(next.target()).isEqualTo("/" + i);
            asked.add(next);
        }
        return asking;
    }

    /** Sends a request and returns when the origin has it. */
    Asked ask(RawClient client, String target) throws Exception {
        client.get(target);
        Asked next = origin.next();
        assertThat(next.target()).isEqualTo(target);
        return next;
    }

    /** Returns when the gateway's only shard has seen everything that was sent before. */
    void awaitTurn() throws IOException {
        assertThat(probe.get("/probe").readResponse().status()).isEqualTo(204);
    }

    /** The sum of a series over the upstream. */
    double upstream(String series) throws IOException {
        return gateway.metrics().sum("millrace_upstream_" + series, "upstream=\"app\"");
    }

    @Override
    public void close() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        gateway.close();
        origin.close();
    }
}
