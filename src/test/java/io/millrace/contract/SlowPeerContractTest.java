package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static io.millrace.testing.Eventually.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says that peers may be slow as long as they go on; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class SlowPeerContractTest {
    private static final int ANSWERS = 3000;
    private static final int STEPS = 6;
    private static final String CHUNK = "1\r\nx\r\n";

    private final Transport transport;

    SlowPeerContractTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void shouldNotCountTheDeliveryOfAnAnswerAsIdleTime() throws Exception {
        String answer = "a".repeat(16 * 1024);
        try (ScriptedOrigin origin = ScriptedOrigin.answering(answer);
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("timeouts: {idle: 200ms}")
                                .upstream("app", origin)
                                .start();
                RawClient client = RawClient.connect(gateway.address(), 64 * 1024)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(ANSWERS));
            // Several idle times pass while what was answered waits for the client.
            int answered =
                    (int)
                            settled(
                                    () -> origin.requests().size(),
                                    Duration.ofSeconds(1),
                                    Duration.ofSeconds(20));
            assertThat(answered).isLessThan(ANSWERS);
            for (int i = 0; i < ANSWERS; i++) {
                assertThat(client.readResponse().body()).hasSize(answer.length());
            }
            client.expectClose();
        }
    }

    @Test
    void shouldGiveUpAClientThatTakesNothing() throws Exception {
        String answer = "a".repeat(16 * 1024);
        try (ScriptedOrigin origin = ScriptedOrigin.answering(answer);
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("timeouts: {idle: 100ms, body: 300ms}")
                                .upstream("app", origin)
                                .start();
                RawClient client = RawClient.connect(gateway.address(), 64 * 1024)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(ANSWERS));
            eventually(
                    "the connection is given up",
                    () -> gateway.metrics().sum("millrace_connections_closed_total") == 1);
            assertThat(origin.requests()).hasSizeLessThan(ANSWERS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "403 Forbidden"})
    void shouldPassALongAnswerInsteadOfContinue(String status) throws Exception {
        Semaphore steps = new Semaphore(0);
        try (ScriptedOrigin origin = answeringInSteps(status, steps);
                TestGateway gateway = impatient(origin);
                RawClient idle = gateway.connect();
                RawClient client = gateway.connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
            expectSteps(client, idle, steps);
        }
    }

    @Test
    void shouldPassALongAnswerOfAnOriginThatDoesNotReadTheRequest() throws Exception {
        Semaphore steps = new Semaphore(0);
        try (ScriptedOrigin origin = answeringInSteps("200 OK", steps);
                TestGateway gateway = impatient(origin);
                RawClient idle = gateway.connect();
                RawClient client = gateway.connect()) {
            Body.random(21, 64L << 20).sendInBackground(client);
            expectSteps(client, idle, steps);
        }
    }

    private static ScriptedOrigin answeringInSteps(String status, Semaphore steps)
            throws Exception {
        return ScriptedOrigin.start(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 " + status + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < STEPS; i++) {
                assertThat(steps.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
                connection.send(CHUNK);
            }
            connection.send("0\r\n\r\n");
            connection.awaitEnd();
        });
    }

    private TestGateway impatient(ScriptedOrigin origin) throws Exception {
        return TestGateway.on(transport)
                .upstream("app", origin, "timeouts: {response: 500ms}")
                .start();
    }

    /** Takes the answer in steps that last longer than the time-out altogether. */
    private static void expectSteps(RawClient client, RawClient idle, Semaphore steps)
            throws Exception {
        Response head = client.reader().readResponseHead();
        assertThat(head.status()).isIn(200, 403);
        for (int i = 0; i < STEPS; i++) {
            assertThat(idle.staysSilentFor(200)).isTrue();
            steps.release();
            byte[] chunk = client.reader().readExactly(CHUNK.length());
            assertThat(new String(chunk, StandardCharsets.US_ASCII)).isEqualTo(CHUNK);
        }
        byte[] end = client.reader().readExactly(5);
        assertThat(new String(end, StandardCharsets.US_ASCII)).isEqualTo("0\r\n\r\n");
    }
}
