package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says where TLS connections go that are passed on unread; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class TlsPassthroughContractTest {
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

    private static final List<String> UPSTREAMS = List.of("app", "db", "web", "wild");

    private final TlsParties tls = TlsParties.of("db.example.com");
    private final Map<String, ScriptedOrigin> greeters = new HashMap<>();

    private final Transport transport;

    TlsPassthroughContractTest(Transport transport) {
        this.transport = transport;
    }

    @BeforeEach
    void startGreeters() throws IOException {
        for (String name : UPSTREAMS) {
            greeters.put(
                    name,
                    ScriptedOrigin.start(connection -> {
                        connection.send(name + "\n");
                        connection.echo();
                    }));
        }
    }

    @AfterEach
    void stopGreeters() throws IOException {
        for (ScriptedOrigin greeter : greeters.values()) {
            greeter.close();
        }
    }

    @Test
    void shouldLetClientAndOriginSpeakTls() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.echo());
                TlsParties.EchoServer db = tls.echoServer("postgresql");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .upstream("db", "{endpoints: [\"" + db.address() + "\"]}")
                                .listener(
                                        "tls", passthrough("{sni: [db.example.com], upstream: db}"))
                                .start();
                SSLSocket client =
                        tls.connect(gateway.address("tls"), "db.example.com", "postgresql")) {
            byte[] message = new byte[1024 * 1024];
            new Random(5).nextBytes(message);
            Thread sending =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    client.getOutputStream().write(message);
                                    client.shutdownOutput();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(message);
            sending.join();
            assertThat(client.getApplicationProtocol()).isEqualTo("postgresql");
            assertThat(origin.acceptedConnections()).isZero();
        }
    }

    @Test
    void shouldTellATlsClientThatNobodyAnswersToTheName() throws Exception {
        try (TestGateway gateway = withRoutes("{sni: [db.example.com], upstream: db}")) {
            assertThatThrownBy(() -> tls.connect(gateway.address("tls"), "x.example.org"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
            eventually("it is counted", () -> outcome(gateway, "unrecognized_name") == 1);
        }
    }

    @Test
    void shouldChooseByNameThenByProtocol() throws Exception {
        try (TestGateway gateway =
                withRoutes(
                        "{sni: [\"*.example.com\"], upstream: wild}",
                        "{sni: [db.example.com], upstream: db}",
                        "{sni: [db.example.com], alpn: [h2], upstream: web}")) {
            assertThat(greeted(gateway, tls.clientHello("db.example.com"))).isEqualTo("db");
            assertThat(greeted(gateway, tls.clientHello("DB.example.COM"))).isEqualTo("db");
            assertThat(greeted(gateway, tls.clientHello("db.example.com", "h2"))).isEqualTo("web");
            assertThat(greeted(gateway, tls.clientHello("a.b.example.com"))).isEqualTo("wild");
        }
    }

    @Test
    void shouldSendTheRestToTheDefaultUpstream() throws Exception {
        try (TestGateway gateway =
                withListener("upstream: web, routes: [{sni: [db.example.com], upstream: db}]")) {
            assertThat(greeted(gateway, tls.clientHello("db.example.com"))).isEqualTo("db");
            assertThat(greeted(gateway, tls.clientHello("x.example.org"))).isEqualTo("web");
            assertThat(greeted(gateway, tls.clientHello(null))).isEqualTo("web");
        }
    }

    @Test
    void shouldTellOperatorsWhereClientsAreSent() throws Exception {
        try (TestGateway gateway =
                withListener("upstream: web, routes: [{sni: [db.example.com], upstream: db}]")) {
            assertThat(gateway.admin("/routes").text().replaceAll("\\s", ""))
                    .contains(
                            "\"protocol\":\"tls-passthrough\",\"sni\":[\"db.example.com\"],\"alpn\":[],"
                                    + "\"upstream\":\"db\"}",
                            "\"protocol\":\"tls-passthrough\",\"sni\":[],\"alpn\":[],"
                                    + "\"upstream\":\"web\"}");
        }
    }

    @Test
    void shouldRefuseAClientThatNamesNobody() throws Exception {
        try (TestGateway gateway = withRoutes("{sni: [db.example.com], upstream: db}");
                RawClient client = connect(gateway)) {
            client.send(tls.clientHello(null));
            assertThat(client.reader().readToEnd()).isEqualTo(UNRECOGNIZED_NAME);
        }
    }

    @Test
    void shouldReadAHelloThatComesByteByByte() throws Exception {
        byte[] hello = tls.clientHello("db.example.com", "h2");
        try (TestGateway gateway = withRoutes("{sni: [db.example.com], upstream: db}");
                RawClient client = connect(gateway)) {
            for (byte b : hello) {
                client.send(new byte[] {b});
            }
            assertThat(greeting(client, hello)).isEqualTo("db");
        }
    }

    @Test
    void shouldReadAHelloThatComesInTwoParts() throws Exception {
        byte[] hello = tls.clientHello("db.example.com");
        try (TestGateway gateway = withRoutes("{sni: [db.example.com], upstream: db}")) {
            for (int split = 1; split < hello.length; split += 7) {
                try (RawClient client = connect(gateway)) {
                    client.send(hello, 0, split).send(hello, split, hello.length - split);
                    assertThat(greeting(client, hello)).as("split at %d", split).isEqualTo("db");
                }
            }
        }
    }

    @Test
    void shouldReadAHelloThatComesInSeveralRecords() throws Exception {
        byte[] hello = inRecordsOf(50, tls.clientHello("db.example.com"));
        try (TestGateway gateway = withRoutes("{sni: [db.example.com], upstream: db}")) {
            assertThat(greeted(gateway, hello)).isEqualTo("db");
        }
    }

    @Test
    void shouldPassOnWhatFollowsTheHelloAtOnce() throws Exception {
        byte[] hello = tls.clientHello("db.example.com");
        byte[] withMore = Arrays.copyOf(hello, hello.length + 40_000);
        try (TestGateway gateway = withRoutes("{sni: [db.example.com], upstream: db}")) {
            assertThat(greeted(gateway, withMore)).isEqualTo("db");
        }
    }

    @Test
    void shouldResetWhatIsNotTls() throws Exception {
        try (TestGateway gateway = withRoutes("{sni: [db.example.com], upstream: db}");
                RawClient client = connect(gateway)) {
            client.send("GET / HTTP/1.1\r\nHost: db.example.com\r\n\r\n").expectReset();
            eventually("it is counted", () -> outcome(gateway, "not_tls") == 1);
        }
    }

    @Test
    void shouldResetAHelloThatIsTooLarge() throws Exception {
        byte[] start = {22, 3, 1, 0x40, 0, 1, 0, 0x40, 0};
        try (TestGateway gateway = withRoutes("{sni: [db.example.com], upstream: db}");
                RawClient client = connect(gateway)) {
            client.send(start).expectReset();
            eventually("it is counted", () -> outcome(gateway, "hello_too_large") == 1);
        }
    }

    @Test
    void shouldResetAClientWhoseHelloDoesNotCome() throws Exception {
        byte[] hello = tls.clientHello("db.example.com");
        try (TestGateway gateway =
                        withListener(
                                "timeouts: {headers: 300ms}, routes: [{sni: [db.example.com],"
                                        + " upstream: db}]");
                RawClient client = connect(gateway)) {
            client.send(hello, 0, hello.length - 1).expectReset();
            eventually("it is counted", () -> outcome(gateway, "client_timeout") == 1);
        }
    }

    @Test
    void shouldForgetAClientThatLeavesWithinItsHello() throws Exception {
        byte[] hello = tls.clientHello("db.example.com");
        try (TestGateway gateway = withRoutes("{sni: [db.example.com], upstream: db}");
                RawClient client = connect(gateway)) {
            client.send(hello, 0, 100).finishSending();
            client.expectClose();
            eventually("it is counted", () -> outcome(gateway, "client_abort") == 1);
        }
    }

    private TestGateway withRoutes(String... routes) throws IOException {
        return withListener("routes: [" + String.join(", ", routes) + "]");
    }

    /** Upstreams that say their name and then send back what they get. */
    private TestGateway withListener(String keys) throws IOException {
        TestGateway.Setup setup = TestGateway.on(transport);
        greeters.forEach(setup::upstream);
        return setup.listener("tls", "{bind: 127.0.0.1:0, protocol: tls-passthrough, " + keys + "}")
                .start();
    }

    private static String passthrough(String route) {
        return "{bind: 127.0.0.1:0, protocol: tls-passthrough, routes: [" + route + "]}";
    }

    private static RawClient connect(TestGateway gateway) throws IOException {
        return RawClient.connect(gateway.address("tls"));
    }

    /** The upstream that gets these bytes; it must get them unchanged. */
    private static String greeted(TestGateway gateway, byte[] bytes) throws IOException {
        try (RawClient client = connect(gateway)) {
            return greeting(client.send(bytes), bytes);
        }
    }

    private static String greeting(RawClient client, byte[] sent) throws IOException {
        StringBuilder name = new StringBuilder();
        for (int c = client.reader().readByte(); c != '\n'; c = client.reader().readByte()) {
            assertThat(c).as("a byte of the greeting").isGreaterThan(' ');
            name.append((char) c);
        }
        assertThat(client.reader().readExactly(sent.length)).isEqualTo(sent);
        return name.toString();
    }

    /** Cuts the one record of a hello into smaller ones. */
    private static byte[] inRecordsOf(int bytes, byte[] hello) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int at = 5; at < hello.length; at += bytes) {
            int length = Math.min(bytes, hello.length - at);
            records.write(hello, 0, 3);
            records.write(0);
            records.write(length);
            records.write(hello, at, length);
        }
        return records.toByteArray();
    }

    private static double outcome(TestGateway gateway, String outcome) throws IOException {
        return gateway.metrics().sum("millrace_outcomes_total", "outcome=\"" + outcome + "\"");
    }
}
