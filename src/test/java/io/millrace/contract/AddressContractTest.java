package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.StartException;
import io.millrace.testing.HttpReader;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says which kinds of addresses are served; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class AddressContractTest {
    private final Transport transport;

    AddressContractTest(Transport transport) {
        this.transport = transport;
    }

    @TempDir Path directory;

    @Test
    void shouldReachAnOriginOnAUnixSocket() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.startOnUnix(
                                directory.resolve("app.sock"),
                                connection -> connection.replyForever("unix"));
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/").readResponse().text()).isEqualTo("unix");
            }
            assertThat(origin.acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void shouldReachAnOriginOnIpv6() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.startOn(
                                "::1", connection -> connection.replyForever("six"));
                TestGateway gateway = TestGateway.inFrontOf(origin, transport);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("six");
        }
    }

    @Test
    void shouldListenOnIpv6() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("six");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("six", "{bind: \"[::1]:0\"}")
                                .upstream("app", origin)
                                .start();
                RawClient client = RawClient.connect(gateway.address("six"))) {
            assertThat(client.get("/").readResponse().text()).isEqualTo("six");
            assertThat(origin.takeRequest().header("x-forwarded-for"))
                    .isIn("::1", "0:0:0:0:0:0:0:1");
        }
    }

    @Test
    void shouldListenOnAUnixSocket() throws Exception {
        Path socket = directory.resolve("listen.sock");
        try (ScriptedOrigin origin = ScriptedOrigin.answering("unix");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("local", "{bind: \"unix:" + socket + "\"}")
                                .upstream("app", origin)
                                .start();
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            assertThat(gateway.address().getPort()).isPositive();
            HttpReader reader = new HttpReader(Channels.newInputStream(client));
            Channels.newOutputStream(client)
                    .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(reader.readResponse().text()).isEqualTo("unix");
        }
    }

    @Test
    void shouldNotReplaceWhatIsNoSocket() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "precious");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/null"));
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x")) {
            for (Path path : List.of(file, link)) {
                assertThatThrownBy(() -> listeningOn(path, origin).start())
                        .isInstanceOf(StartException.class);
                assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
            }
        }
    }

    @Test
    void shouldNotTakeOverASocketThatSomebodyListensOn() throws Exception {
        Path socket = directory.resolve("taken.sock");
        try (ScriptedOrigin origin = ScriptedOrigin.answering("other");
                TestGateway first = listeningOn(socket, origin).start();
                TestGateway second = TestGateway.inFrontOf(origin, transport)) {
            assertThat(first.address().getPort()).isPositive();
            assertThatThrownBy(() -> listeningOn(socket, origin).start())
                    .isInstanceOf(StartException.class);
            assertThat(second.reload(listeningOn(socket, origin))).isFalse();
            assertThat(answerOn(socket)).isEqualTo("other");
        }
    }

    @Test
    void shouldReplaceASocketThatWasLeftBehindAndRemoveItsOwn() throws Exception {
        Path socket = directory.resolve("stale.sock");
        leaveBehind(socket);
        try (ScriptedOrigin origin = ScriptedOrigin.answering("fresh")) {
            try (TestGateway gateway = listeningOn(socket, origin).start()) {
                assertThat(gateway.address().getPort()).isPositive();
                assertThat(answerOn(socket)).isEqualTo("fresh");
            }
            assertThat(socket).doesNotExist();
        }
    }

    @Test
    void shouldLeaveASocketThatIsNoLongerItsOwn() throws Exception {
        Path socket = directory.resolve("moved.sock");
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x")) {
            try (TestGateway gateway = listeningOn(socket, origin).start()) {
                assertThat(gateway.address().getPort()).isPositive();
                Files.delete(socket);
                leaveBehind(socket);
            }
            assertThat(socket).exists();
        }
    }

    private TestGateway.Setup listeningOn(Path socket, ScriptedOrigin origin) {
        return TestGateway.on(transport)
                .listener("local", "{bind: \"unix:" + socket + "\"}")
                .upstream("app", origin);
    }

    private static void leaveBehind(Path socket) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
    }

    private static String answerOn(Path socket) throws Exception {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            HttpReader reader = new HttpReader(Channels.newInputStream(client));
            Channels.newOutputStream(client)
                    .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return reader.readResponse().text();
        }
    }

    @Test
    void shouldResolveNamesOfEndpoints() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("named");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream(
                                        "app",
                                        "{endpoints: [\""
                                                + origin.address().replace("127.0.0.1", "localhost")
                                                + "\"]}")
                                .start();
                RawClient client = gateway.connect()) {
            eventually(
                    "the name is resolved", () -> client.get("/").readResponse().status() == 200);
        }
    }

    @Test
    void shouldServeOnEveryShard() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.answering("x");
                TestGateway gateway =
                        TestGateway.on(transport).shards(2).upstream("app", origin).start()) {
            for (int i = 0; i < 32; i++) {
                try (RawClient client = gateway.connect()) {
                    assertThat(client.get("/").readResponse().text()).isEqualTo("x");
                }
            }
            assertThat(origin.acceptedConnections()).isBetween(1, 2);
        }
    }
}
