package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static io.millrace.testing.Eventually.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says that peers may be slow as long as they go on; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class SlowPeerContractTest {
    private static final int ANSWERS = 3000;

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
                    () -> gateway.metrics().sum("millrace_client_connections_active") == 0);
            assertThat(origin.requests()).hasSizeLessThan(ANSWERS);
        }
    }
}
