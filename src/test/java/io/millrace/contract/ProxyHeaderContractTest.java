package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static io.millrace.testing.ProxyHeaders.binary;
import static io.millrace.testing.ProxyHeaders.emptyChecksum;
import static io.millrace.testing.ProxyHeaders.joined;
import static io.millrace.testing.ProxyHeaders.line;
import static io.millrace.testing.ProxyHeaders.summed;
import static io.millrace.testing.ProxyHeaders.tcp;
import static io.millrace.testing.ProxyHeaders.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.HttpReader;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says how a PROXY header is accepted, and from whom; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class ProxyHeaderContractTest {
    private static final byte[] GET = line("GET / HTTP/1.1\r\nHost: a\r\n");
    private static final byte[] V4 = tcp("192.0.2.1", 56324, "192.0.2.2", 443);
    private static final byte[] V6 = tcp("2001:db8::1", 56324, "2001:db8::2", 443);
    private static final String FROM_LOOPBACK = ", proxyProtocolTrusted: [127.0.0.1]";

    private final Transport transport;

    ProxyHeaderContractTest(Transport transport) {
        this.transport = transport;
    }

    @TempDir Path directory;

    @Test
    void shouldTakeTheClientFromAHeaderOfVersion1() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v1", origin)) {
            byte[] v4 = line("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443");
            byte[] v6 = line("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443");
            assertThat(clientBehind(v4, gateway, origin)).isEqualTo("192.0.2.1");
            assertThat(clientBehind(v6, gateway, origin)).isEqualTo("2001:db8::1");
            assertThat(clientBehind(line("PROXY UNKNOWN"), gateway, origin)).isEqualTo("127.0.0.1");
            assertThat(clientBehind(line("PROXY UNKNOWN 1 2"), gateway, origin))
                    .isEqualTo("127.0.0.1");
            assertThat(refused(gateway)).isZero();
        }
    }

    @Test
    void shouldTakeTheClientFromAHeaderOfVersion2() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v2", origin)) {
            byte[] values = joined(value(0x01, (byte) 'x'), value(0xE0, new byte[3000]));
            byte[] summed = summed(binary(0x21, 0x11, V4, values, emptyChecksum()));
            assertThat(clientBehind(binary(0x21, 0x11, V4), gateway, origin))
                    .isEqualTo("192.0.2.1");
            assertThat(clientBehind(summed, gateway, origin)).isEqualTo("192.0.2.1");
            assertThat(clientBehind(binary(0x21, 0x21, V6, values), gateway, origin))
                    .isEqualTo("2001:db8::1");
            assertThat(clientBehind(binary(0x21, 0x31, new byte[216]), gateway, origin))
                    .isEqualTo("unix");
            assertThat(clientBehind(binary(0x21, 0x00), gateway, origin)).isEqualTo("127.0.0.1");
            assertThat(clientBehind(binary(0x20, 0x00), gateway, origin)).isEqualTo("127.0.0.1");
            assertThat(clientBehind(binary(0x20, 0x11, V4, values), gateway, origin))
                    .isEqualTo("127.0.0.1");
            assertThat(refused(gateway)).isZero();
        }
    }

    @Test
    void shouldTakeEitherVersionWhereBothAreAllowed() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("any", origin)) {
            assertThat(clientBehind(binary(0x21, 0x11, V4), gateway, origin))
                    .isEqualTo("192.0.2.1");
            byte[] text = line("PROXY TCP4 192.0.2.3 192.0.2.2 56324 443");
            assertThat(clientBehind(text, gateway, origin)).isEqualTo("192.0.2.3");
        }
    }

    @Test
    void shouldTakeAHeaderCutAnywhere() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("any", origin);
                RawClient barrier = RawClient.connect(gateway.address("plain"))) {
            for (byte[] header :
                    List.of(
                            line("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443"),
                            summed(binary(0x21, 0x11, V4, emptyChecksum())))) {
                byte[] all = joined(header, GET);
                for (int cut = 1; cut <= header.length; cut++) {
                    try (RawClient client = gateway.connect()) {
                        awaitTurn(barrier);
                        client.send(all, 0, cut);
                        awaitTurn(barrier);
                        client.send(all, cut, all.length - cut);
                        assertThat(client.readResponse().text())
                                .as("cut at %d", cut)
                                .isEqualTo("x");
                        assertThat(origin.takeRequest().header("x-real-ip")).isEqualTo("192.0.2.1");
                    }
                }
            }
            assertThat(refused(gateway)).isZero();
        }
    }

    @Test
    void shouldTakeAHeaderByteByByte() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v2", origin);
                RawClient barrier = RawClient.connect(gateway.address("plain"));
                RawClient client = gateway.connect()) {
            for (byte b : joined(binary(0x21, 0x21, V6, value(0x04, new byte[20])), GET)) {
                client.send(new byte[] {b});
                awaitTurn(barrier);
            }
            assertThat(client.readResponse().text()).isEqualTo("x");
            assertThat(origin.takeRequest().header("x-real-ip")).isEqualTo("2001:db8::1");
        }
    }

    @Test
    void shouldLeaveWhatFollowsTheHeaderAsItIs() throws Exception {
        String post = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\r\n\r\n\0";
        byte[] requests = joined(post.getBytes(StandardCharsets.US_ASCII), GET, GET);
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v2", origin);
                RawClient client = gateway.connect()) {
            client.send(joined(binary(0x21, 0x11, V4), requests));
            for (int i = 0; i < 3; i++) {
                assertThat(client.readResponse().status()).isEqualTo(200);
            }
            assertThat(origin.requests())
                    .extracting(Request::text)
                    .containsExactly("\r\n\r\n\0", "", "");
            assertThat(origin.requests())
                    .allMatch(request -> "192.0.2.1".equals(request.header("x-forwarded-for")));
        }
    }

    @Test
    void shouldAnswerABadRequestBehindASoundHeader() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v1", origin);
                RawClient client = gateway.connect()) {
            client.send(joined(line("PROXY UNKNOWN"), line("PROXY UNKNOWN"), GET));
            assertThat(client.readResponse().status()).isEqualTo(400);
            client.expectEnd();
            assertThat(refused(gateway)).isZero();
        }
    }

    @Test
    void shouldJudgeTrustedProxiesByTheClientOfTheHeader() throws Exception {
        byte[] request = line("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n");
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        accepting("v1", origin, "trustedProxies: [192.0.2.0/24, 127.0.0.1]")) {
            for (String client : List.of("192.0.2.1", "198.51.100.1")) {
                try (RawClient proxy = gateway.connect()) {
                    proxy.send(joined(line("PROXY TCP4 " + client + " 192.0.2.2 1 2"), request));
                    assertThat(proxy.readResponse().status()).isEqualTo(200);
                }
            }
            assertThat(origin.requests())
                    .extracting(received -> received.header("x-forwarded-for"))
                    .containsExactly("203.0.113.9, 192.0.2.1", "198.51.100.1");
            assertThat(origin.requests())
                    .extracting(received -> received.header("x-real-ip"))
                    .containsExactly("203.0.113.9", "198.51.100.1");
        }
    }

    @Test
    void shouldLogTheClientOfTheHeader() throws Exception {
        Path log = directory.resolve("access.log");
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        setup("v2", origin, FROM_LOOPBACK)
                                .server("accessLog: \"" + log + "\"")
                                .start()) {
            assertThat(clientBehind(binary(0x21, 0x11, V4), gateway, origin))
                    .isEqualTo("192.0.2.1");
            eventually(
                    "the line is written", () -> Files.readString(log).contains("\"192.0.2.1\""));
        }
    }

    @Test
    void shouldTrustWhoeverMayConnectToAUnixSocket() throws Exception {
        Path socket = directory.resolve("listen.sock");
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener(
                                        "local",
                                        "{bind: \"unix:" + socket + "\", proxyProtocol: v2}")
                                .upstream("app", origin)
                                .start();
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            HttpReader reader = new HttpReader(Channels.newInputStream(client));
            Channels.newOutputStream(client).write(joined(binary(0x21, 0x11, V4), GET));
            assertThat(reader.readResponse().text()).isEqualTo("x");
            assertThat(origin.takeRequest().header("x-real-ip")).isEqualTo("192.0.2.1");
            assertThat(refused(gateway)).isZero();
        }
    }

    @Test
    void shouldCloseWhatSendsNoHeaderOrAWrongOne() throws Exception {
        byte[] sound = binary(0x21, 0x11, V4, emptyChecksum());
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("any", origin, "limits: {headers: 256B}")) {
            assertRefused(
                    gateway,
                    GET,
                    line("PROXY TCP4 192.0.2.1 192.0.2.2 056324 443"),
                    line("PROXY TCP4 192.0.2.1 ::1 56324 443"),
                    line("PROXY UDP4 192.0.2.1 192.0.2.2 56324 443"),
                    line("PROXY UNKNOWN " + "x".repeat(92)),
                    "PROXY UNKNOWN\n".getBytes(StandardCharsets.US_ASCII),
                    binary(0x11, 0x11, V4),
                    binary(0x22, 0x11, V4),
                    binary(0x21, 0x41, V4),
                    binary(0x21, 0x13, V4),
                    binary(0x21, 0x11, new byte[11]),
                    binary(0x21, 0x11, V4, new byte[] {4, 0, 1}),
                    binary(0x21, 0x11, V4, value(0x04, new byte[240])),
                    sound);
            assertThat(origin.requests()).isEmpty();
            assertThat(clientBehind(summed(sound), gateway, origin)).isEqualTo("192.0.2.1");
        }
    }

    @Test
    void shouldCloseWhatSendsTheOtherVersion() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway v1 = accepting("v1", origin);
                TestGateway v2 = accepting("v2", origin)) {
            assertRefused(v1, binary(0x21, 0x11, V4), binary(0x20, 0x00));
            assertRefused(v2, line("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443"));
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void shouldTakeAHeaderForARequestWhereNoneIsAccepted() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            client.send(joined(line("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443"), GET));
            assertThat(client.readResponse().status()).isEqualTo(400);
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void shouldCloseAPeerThatIsNotTrusted() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        setup("v2", origin, ", proxyProtocolTrusted: [192.0.2.0/24]").start()) {
            assertRefused(gateway, binary(0x21, 0x11, V4), GET, new byte[0]);
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void shouldCloseAHeaderThatIsNotFinishedInTime() throws Exception {
        byte[] header = binary(0x21, 0x11, V4);
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v2", origin, "timeouts: {headers: 100ms}")) {
            assertRefused(gateway, new byte[0]);
            try (RawClient client = gateway.connect()) {
                client.send(header, 0, header.length - 1).expectEnd();
            }
            assertThat(refused(gateway)).isEqualTo(2);
        }
    }

    @Test
    void shouldTimeTheHeadAfterTheHeader() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v2", origin, "timeouts: {headers: 100ms}");
                RawClient client = gateway.connect()) {
            client.send(joined(binary(0x21, 0x11, V4), new byte[] {'G'}));
            assertThat(client.readResponse().status()).isEqualTo(408);
            assertThat(refused(gateway)).isZero();
        }
    }

    @Test
    void shouldCountAHeaderThatEndsEarlyButNoConnectionThatSaysNothing() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v1", origin)) {
            try (RawClient probe = gateway.connect()) {
                probe.finishSending();
                probe.expectEnd();
            }
            assertThat(refused(gateway)).isZero();
            try (RawClient client = gateway.connect()) {
                client.send("PROXY TCP4");
                client.finishSending();
                client.expectEnd();
            }
            assertThat(refused(gateway)).isEqualTo(1);
        }
    }

    @Test
    void shouldServeAClientThatEndsSendingBehindItsRequest() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v2", origin);
                RawClient client = gateway.connect()) {
            client.send(joined(binary(0x21, 0x11, V4), GET));
            client.finishSending();
            assertThat(client.readResponse().text()).isEqualTo("x");
            client.expectEnd();
        }
    }

    @Test
    void shouldStopAlthoughAHeaderIsUnderWay() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v1", origin);
                RawClient barrier = RawClient.connect(gateway.address("plain"));
                RawClient client = gateway.connect()) {
            awaitTurn(barrier);
            client.send("PROXY TCP4");
            awaitTurn(barrier);
            gateway.gateway().close();
            client.expectEnd();
        }
    }

    @Test
    void shouldApplyAReloadToTheNextConnection() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway = accepting("v1", origin);
                RawClient before = gateway.connect()) {
            before.send(joined(line("PROXY UNKNOWN"), GET));
            assertThat(before.readResponse().text()).isEqualTo("x");
            assertThat(gateway.reload(setup("v2", origin, FROM_LOOPBACK))).isTrue();
            assertThat(before.get("/").readResponse().text()).isEqualTo("x");
            assertRefused(gateway, line("PROXY UNKNOWN"));
            origin.takeRequest();
            origin.takeRequest();
            assertThat(clientBehind(binary(0x21, 0x11, V4), gateway, origin))
                    .isEqualTo("192.0.2.1");
        }
    }

    private TestGateway accepting(String version, ScriptedOrigin origin) throws IOException {
        return setup(version, origin, FROM_LOOPBACK).start();
    }

    private TestGateway accepting(String version, ScriptedOrigin origin, String keys)
            throws IOException {
        return setup(version, origin, FROM_LOOPBACK + ", " + keys).start();
    }

    /** The listener {@code plain} is one without headers. */
    private TestGateway.Setup setup(String version, ScriptedOrigin origin, String keys) {
        return TestGateway.on(transport)
                .listener("proxyProtocol: " + version + keys)
                .listener("plain", "{bind: \"127.0.0.1:0\"}")
                .upstream("app", origin)
                .route("{name: all, path: /*, upstream: app}")
                .route("{name: probe, path: /probe, respond: {status: 200, body: probe}}");
    }

    /** Who the origin is told that the client is. */
    private static String clientBehind(byte[] header, TestGateway gateway, ScriptedOrigin origin)
            throws Exception {
        try (RawClient client = gateway.connect()) {
            client.send(joined(header, GET));
            assertThat(client.readResponse().text()).isEqualTo("x");
            client.get("/again");
            assertThat(client.readResponse().text()).isEqualTo("x");
        }
        Request first = origin.takeRequest();
        Request second = origin.takeRequest();
        String address = String.valueOf(first.header("x-real-ip"));
        assertThat(first.header("x-forwarded-for")).isEqualTo(address);
        assertThat(second.header("x-forwarded-for")).isEqualTo(address);
        return address;
    }

    /** Each of them ends its connection without an answer, and is counted. */
    private static void assertRefused(TestGateway gateway, byte[]... beginnings)
            throws IOException {
        double before = refused(gateway);
        for (int i = 0; i < beginnings.length; i++) {
            try (RawClient client = gateway.connect()) {
                sendTo(client, beginnings[i]);
                client.expectEnd();
            }
            assertThat(refused(gateway) - before).as("beginning %d", i).isEqualTo(i + 1.0);
        }
    }

    private static void sendTo(RawClient client, byte[] bytes) {
        try {
            client.send(bytes);
        } catch (IOException alreadyClosed) {
            // A peer that is not trusted is closed before it says anything.
        }
    }

    private static double refused(TestGateway gateway) throws IOException {
        return gateway.metrics().sum("millrace_proxy_headers_refused_total");
    }

    /** Returns when the only shard has seen everything that was sent before. */
    private static void awaitTurn(RawClient barrier) throws IOException {
        assertThat(barrier.get("/probe").readResponse().text()).isEqualTo("probe");
    }
}
