package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static io.millrace.testing.ProxyHeaders.binary;
import static io.millrace.testing.ProxyHeaders.line;
import static io.millrace.testing.ProxyHeaders.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.HttpReader;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says which PROXY header an origin gets, and for whom; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class SendProxyHeaderContractTest {
    private static final byte[] GET = line("GET / HTTP/1.1\r\nHost: a\r\n");
    private static final int V2_OF_IPV4 = 28;

    private final Transport transport;

    /** What the origin's connections began with, in that order. */
    private final List<byte[]> headers = new CopyOnWriteArrayList<>();

    SendProxyHeaderContractTest(Transport transport) {
        this.transport = transport;
    }

    @TempDir Path directory;

    @Test
    void shouldNameTheClientInVersion1() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(this::answerBehindALine);
                TestGateway gateway = sending("v1", origin);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("x");
            assertThat(headers).containsExactly(lineFor(client, gateway));
            assertThat(origin.takeRequest().header("x-forwarded-for")).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void shouldNameTheClientInVersion2() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            headers.add(connection.reader().readExactly(V2_OF_IPV4));
                            connection.replyForever("x");
                        });
                TestGateway gateway = sending("v2", origin);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("x");
            byte[] ends =
                    tcp("127.0.0.1", client.localPort(), "127.0.0.1", gateway.address().getPort());
            assertThat(headers).containsExactly(binary(0x21, 0x11, ends));
        }
    }

    @Test
    void shouldPassOnTheAddressesOfTheHeaderThatItGot() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(this::answerBehindALine);
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("proxyProtocol: v2, proxyProtocolTrusted: [127.0.0.1]")
                                .upstream("app", origin, "sendProxyProtocol: v1")
                                .start();
                RawClient v6 = gateway.connect();
                RawClient unknown = gateway.connect();
                RawClient local = gateway.connect()) {
            byte[] addresses = tcp("2001:db8::1", 56324, "2001:db8::2", 443);
            for (RawClient client : List.of(v6, unknown, local)) {
                client.send(
                        client == v6
                                ? binary(0x21, 0x21, addresses)
                                : client == unknown
                                        ? binary(0x21, 0x31, new byte[216])
                                        : binary(0x20, 0x00));
                client.send(GET);
                assertThat(client.readResponse().text()).isEqualTo("x");
            }
            assertThat(headers)
                    .containsExactly(
                            line("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443"),
                            line("PROXY UNKNOWN"),
                            lineFor(local, gateway));
        }
    }

    @Test
    void shouldSayThatAClientOfAUnixSocketIsUnknown() throws Exception {
        Path socket = directory.resolve("listen.sock");
        try (ScriptedOrigin origin = ScriptedOrigin.start(this::answerBehindALine);
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("local", "{bind: \"unix:" + socket + "\"}")
                                .upstream("app", origin, "sendProxyProtocol: v1")
                                .start();
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            assertThat(gateway.address().getPort()).isPositive();
            HttpReader reader = new HttpReader(Channels.newInputStream(client));
            Channels.newOutputStream(client).write(GET);
            assertThat(reader.readResponse().text()).isEqualTo("x");
            assertThat(headers).containsExactly(line("PROXY UNKNOWN"));
        }
    }

    @Test
    void shouldUseAConnectionAgainForItsOwnClientOnly() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(this::answerBehindALine);
                TestGateway gateway = sending("v1", origin);
                RawClient one = gateway.connect();
                RawClient two = gateway.connect()) {
            for (int i = 0; i < 5; i++) {
                assertThat(one.get("/").readResponse().text()).isEqualTo("x");
                assertThat(two.get("/").readResponse().text()).isEqualTo("x");
            }
            assertThat(headers).containsExactly(lineFor(one, gateway), lineFor(two, gateway));
            assertThat(origin.acceptedConnections()).isEqualTo(2);
        }
    }

    @Test
    void shouldCloseAConnectionWhenItsClientLeaves() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(this::answerBehindALine);
                TestGateway gateway = sending("v1", origin);
                RawClient staying = gateway.connect()) {
            assertThat(staying.get("/").readResponse().text()).isEqualTo("x");
            try (RawClient leaving = gateway.connect()) {
                assertThat(leaving.get("/").readResponse().text()).isEqualTo("x");
                assertThat(origin.openConnections()).isEqualTo(2);
            }
            eventually("only its own is closed", () -> origin.openConnections() == 1);
            assertThat(staying.get("/").readResponse().text()).isEqualTo("x");
            assertThat(origin.acceptedConnections()).isEqualTo(2);
        }
    }

    @Test
    void shouldGiveUpAnIdleConnectionForAnotherClientWhenThePoolIsFull() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(this::answerBehindALine);
                TestGateway gateway = sending("v1", origin, "pool: {maximumPoolSize: 1}");
                RawClient one = gateway.connect();
                RawClient two = gateway.connect()) {
            assertThat(one.get("/").readResponse().text()).isEqualTo("x");
            assertThat(two.get("/").readResponse().text()).isEqualTo("x");
            assertThat(one.get("/").readResponse().text()).isEqualTo("x");
            assertThat(headers)
                    .containsExactly(
                            lineFor(one, gateway), lineFor(two, gateway), lineFor(one, gateway));
        }
    }

    @Test
    void shouldConnectAnewForAClientThatWaited() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(
                                connection -> {
                                    headers.add(readLine(connection));
                                    connection.readRequest();
                                    connection.await(go);
                                    connection.reply("one");
                                    connection.awaitEnd();
                                },
                                this::answerBehindALine);
                TestGateway gateway = sending("v1", origin, "pool: {maximumPoolSize: 1}");
                RawClient one = gateway.connect();
                RawClient two = gateway.connect()) {
            one.get("/");
            origin.takeRequest();
            two.get("/");
            eventually(
                    "the second request waits",
                    () -> gateway.metrics().sum("millrace_upstream_pool_waits_total") == 1);
            go.countDown();
            assertThat(one.readResponse().text()).isEqualTo("one");
            assertThat(two.readResponse().text()).isEqualTo("x");
            assertThat(headers).containsExactly(lineFor(one, gateway), lineFor(two, gateway));
        }
    }

    @Test
    void shouldSendTheHeaderAgainWhenTheRequestIsRepeated() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(
                                connection -> {
                                    headers.add(readLine(connection));
                                    connection.readRequest();
                                    connection.reply("first");
                                    connection.readRequest();
                                    connection.reset();
                                },
                                this::answerBehindALine);
                TestGateway gateway = sending("v1", origin);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/1").readResponse().text()).isEqualTo("first");
            assertThat(client.get("/2").readResponse().text()).isEqualTo("x");
            assertThat(headers).containsExactly(lineFor(client, gateway), lineFor(client, gateway));
            assertThat(origin.requests())
                    .extracting(Request::target)
                    .containsExactly("/1", "/2", "/2");
        }
    }

    @Test
    void shouldSendTheHeaderAndTheRequestInOneWrite() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        "{endpoints: [\"127.0.0.1:%d\"], sendProxyProtocol: v1}"
                                                .formatted(origin.getLocalPort()))
                                .start();
                RawClient client = gateway.connect()) {
            client.get("/");
            try (Socket accepted = origin.accept()) {
                byte[] first = new byte[4096];
                int length = accepted.getInputStream().read(first);
                assertThat(new String(first, 0, length, StandardCharsets.ISO_8859_1))
                        .startsWith("PROXY TCP4 ")
                        .contains("\r\nGET / HTTP/1.1\r\n")
                        .endsWith("\r\n\r\n");
            }
        }
    }

    @Test
    void shouldSendABodyBehindTheHeader() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(this::answerBehindALine);
                TestGateway gateway = sending("v1", origin);
                RawClient client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.readResponse().text()).isEqualTo("x");
            assertThat(origin.takeRequest().text()).isEqualTo("body");
            assertThat(headers).containsExactly(lineFor(client, gateway));
        }
    }

    @Test
    void shouldNameTheClientOnAConnectionThatWasOpenedAhead() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.start(this::answerBehindALine);
                TestGateway gateway = sending("v1", origin, "pool: {minimumIdle: 1}");
                RawClient client = gateway.connect()) {
            eventually("one is opened ahead", () -> origin.acceptedConnections() == 1);
            eventually(
                    "it is idle",
                    () -> gateway.metrics().sum("millrace_upstream_connections_idle") == 1);
            assertThat(client.get("/").readResponse().text()).isEqualTo("x");
            assertThat(headers).containsExactly(lineFor(client, gateway));
        }
    }

    @Test
    void shouldTakeNewConnectionsWhenAReloadBeginsToSend() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(
                                connection -> connection.replyForever("plain"),
                                this::answerBehindALine);
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("plain");
            assertThat(
                            gateway.reload(
                                    TestGateway.on(transport)
                                            .upstream("app", origin, "sendProxyProtocol: v1")))
                    .isTrue();
            assertThat(client.get("/").readResponse().text()).isEqualTo("x");
            assertThat(headers).containsExactly(lineFor(client, gateway));
        }
    }

    private TestGateway sending(String version, ScriptedOrigin origin) throws IOException {
        return TestGateway.on(transport)
                .upstream("app", origin, "sendProxyProtocol: " + version)
                .start();
    }

    private TestGateway sending(String version, ScriptedOrigin origin, String keys)
            throws IOException {
        return TestGateway.on(transport)
                .upstream("app", origin, "sendProxyProtocol: " + version + ", " + keys)
                .start();
    }

    private void answerBehindALine(OriginConnection connection) throws IOException {
        headers.add(readLine(connection));
        connection.replyForever("x");
    }

    private static byte[] readLine(OriginConnection connection) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int next;
        do {
            next = connection.reader().readByte();
            bytes.write(next);
        } while (next >= 0 && next != '\n');
        return bytes.toByteArray();
    }

    private static byte[] lineFor(RawClient client, TestGateway gateway) {
        return line(
                "PROXY TCP4 127.0.0.1 127.0.0.1 "
                        + client.localPort()
                        + " "
                        + gateway.address().getPort());
    }
}
