package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static io.millrace.testing.Eventually.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says how large bodies pass: whole, and within bounded memory; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class BodyContractTest {
    private final Transport transport;

    BodyContractTest(Transport transport) {
        this.transport = transport;
    }

    private static final int LARGE = 64 * 1024 * 1024;
    private static final long MEMORY_BOUND = 16L * 1024 * 1024;
    private static final long IN_FLIGHT_BOUND = 40L * 1024 * 1024;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldPassALargeResponseUnchanged(boolean chunked) throws Exception {
        Body body = Body.random(7, LARGE);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            body.respondTo(connection, chunked);
                            connection.replyForever("after");
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/large");
            Response head = client.reader().readResponseHead();
            Body.Digest digest = new Body.Digest();
            client.reader().copyResponseBody(head, "GET", digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            assertThat(client.get("/").readResponse().text()).isEqualTo("after");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldPassALargeRequestUnchanged(boolean chunked) throws Exception {
        Body body = Body.random(8, LARGE);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            Request head = connection.readHead();
                            Body.Digest digest = new Body.Digest();
                            connection.reader().copyRequestBody(head, digest);
                            connection.reply(digest.hex());
                            connection.replyForever("after");
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            body.sendAsRequest(client, chunked);
            assertThat(client.readResponse().text()).isEqualTo(body.hex());
            assertThat(client.get("/").readResponse().text()).isEqualTo("after");
        }
    }

    @Test
    void shouldStopReadingTheOriginWhenTheClientDoesNotRead() throws Exception {
        Body body = Body.random(9, 3 * LARGE);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            body.respondTo(connection, false);
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = RawClient.connect(gateway.address(), 64 * 1024)) {
            long before = PlatformDependent.usedDirectMemory();
            client.get("/large");
            origin.takeRequest();
            eventually("the response has begun", () -> origin.sentBytes() > 64 * 1024);
            long sent = settled(origin::sentBytes, Duration.ofMillis(500), Duration.ofSeconds(20));
            assertThat(sent).isLessThan(IN_FLIGHT_BOUND);
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(MEMORY_BOUND);
            Body.Digest digest = new Body.Digest();
            Response head = client.reader().readResponseHead();
            client.reader().copyResponseBody(head, "GET", digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(MEMORY_BOUND);
        }
    }

    @Test
    void shouldStopReadingTheClientWhenTheOriginDoesNotRead() throws Exception {
        Body body = Body.random(10, 3 * LARGE);
        CountDownLatch read = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            Request head = connection.readHead();
                            connection.await(read);
                            Body.Digest digest = new Body.Digest();
                            connection.reader().copyRequestBody(head, digest);
                            connection.reply(digest.hex());
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            long before = PlatformDependent.usedDirectMemory();
            Body.Sending sending = body.sendInBackground(client);
            origin.takeRequest();
            long sent = settled(sending::sentBytes, Duration.ofMillis(500), Duration.ofSeconds(20));
            assertThat(sent).isLessThan(IN_FLIGHT_BOUND);
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(MEMORY_BOUND);
            read.countDown();
            assertThat(client.readResponse().text()).isEqualTo(body.hex());
            sending.join();
        }
    }

    @Test
    void shouldServeOthersWhileOneClientDoesNotRead() throws Exception {
        Body body = Body.random(11, LARGE);
        try (ScriptedOrigin large =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            body.respondTo(connection, false);
                            connection.awaitEnd();
                        });
                ScriptedOrigin small = ScriptedOrigin.answering("small");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("large", large)
                                .upstream("small", small)
                                .route("{name: l, path: /large, upstream: large}")
                                .route("{name: s, path: /small, upstream: small}")
                                .start();
                RawClient stuck = RawClient.connect(gateway.address(), 64 * 1024);
                RawClient client = gateway.connect()) {
            stuck.get("/large");
            large.takeRequest();
            for (int i = 0; i < 100; i++) {
                assertThat(client.get("/small").readResponse().text()).isEqualTo("small");
            }
        }
    }

    @Test
    void shouldPassBodiesBothWaysAtOnce() throws Exception {
        Body body = Body.random(12, LARGE / 4);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            Request head = connection.readHead();
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: "
                                            + body.length()
                                            + "\r\n\r\n");
                            long left = Long.parseLong(head.header("content-length"));
                            while (left > 0) {
                                int part = (int) Math.min(left, 32 * 1024);
                                connection.send(connection.reader().readExactly(part));
                                left -= part;
                            }
                            connection.replyForever("after");
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            Body.Sending sending = body.sendInBackground(client);
            Response head = client.reader().readResponseHead();
            Body.Digest digest = new Body.Digest();
            client.reader().copyResponseBody(head, "POST", digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
            sending.join();
            if (head.announcesClose()) {
                // An answer that begins before the request has ended may well be the last one.
                client.expectEnd();
            } else {
                assertThat(client.get("/").readResponse().text()).isEqualTo("after");
            }
        }
    }
}
