package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says how interim and early responses pass; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class InterimContractTest {
    private final Transport transport;

    InterimContractTest(Transport transport) {
        this.transport = transport;
    }

    private static final String EXPECTING =
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";

    @Test
    void shouldPassEarlyHints() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send(
                                    "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                                            + "HTTP/1.1 103 Early Hints\r\nLink: </b.css>"
                                            + "\r\n\r\n");
                            connection.reply("page");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.get("/");
            Response first = client.readResponse();
            assertThat(first.status()).isEqualTo(103);
            assertThat(first.header("link")).isEqualTo("</a.css>");
            assertThat(client.readResponse().header("link")).isEqualTo("</b.css>");
            assertThat(client.readResponse().text()).isEqualTo("page");
        }
    }

    @Test
    void shouldNotSendInterimResponsesToHttp10Clients() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readRequest();
                            connection.send("HTTP/1.1 103 Early Hints\r\n\r\n");
                            connection.reply("page");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("page");
        }
    }

    @Test
    void shouldLetTheOriginDecideOnExpectContinue() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            Request head = connection.readHead();
                            assertThat(head.header("expect")).isEqualTo("100-continue");
                            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                            Request whole = connection.reader().readRequestBody(head);
                            connection.reply(whole.text());
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(EXPECTING);
            assertThat(client.readResponse().status()).isEqualTo(100);
            client.send("body");
            assertThat(client.readResponse().text()).isEqualTo("body");
        }
    }

    @Test
    void shouldPassAFinalAnswerInsteadOfContinue() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readHead();
                            connection.send(
                                    "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(EXPECTING);
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.text()).isEqualTo("no");
        }
    }

    @Test
    void shouldNotWaitForContinueWhenTheClientDoesNot() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.reply(connection.readRequest().text());
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(EXPECTING + "body");
            Response response = client.readResponse();
            assertThat(response.status()).isIn(100, 200);
            Response last = response.status() == 100 ? client.readResponse() : response;
            assertThat(last.text()).isEqualTo("body");
        }
    }

    @Test
    void shouldPassAnAnswerThatComesBeforeTheBodyWasRead() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readHead();
                            connection.send(
                                    "HTTP/1.1 413 Content Too Large\r\nContent-Length: 5"
                                            + "\r\nConnection: close\r\n\r\nlarge");
                            connection.finishSending();
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nstart");
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.text()).isEqualTo("large");
        }
    }

    @Test
    void shouldNotTakeTheRestOfAnAnsweredBodyForARequest() throws Exception {
        String smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readHead();
                            connection.reply("early");
                            connection.awaitEnd();
                        });
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
                            + smuggled.length()
                            + "\r\n\r\n");
            assertThat(client.readResponse().text()).isEqualTo("early");
            client.send(smuggled);
            try {
                client.get("/next");
            } catch (SocketException closed) {
                // Closing after an early answer is right as well.
            }
            eventually(
                    "the exchange has ended",
                    () -> origin.openConnections() == 0 || origin.requests().size() > 1);
            assertThat(origin.requests()).extracting(Request::target).doesNotContain("/smuggled");
        }
    }
}
