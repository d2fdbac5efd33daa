package io.millrace.contract;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.Body;
import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.Site;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says how large files leave, and what becomes of them on the way; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class FileTransferContractTest {
    private static final long GIB = 1L << 30;

    /** More than socket buffers on both sides hold. */
    private static final int STUCK = 64 * 1024 * 1024;

    private static final int RECEIVE_BUFFER = 64 * 1024;

    @Parameter private Transport transport;
    @TempDir private Path directory;
    private Site site;

    @BeforeEach
    void makeSite() throws Exception {
        site = Site.in(directory);
    }

    @Test
    void shouldSendAFileThatAnIntCannotCount() throws Exception {
        long size = 3 * GIB + 12_345;
        byte[] mark = sparse("huge.bin", size);
        try (TestGateway gateway = serve("1s");
                RawClient client = gateway.connect()) {
            client.get("/huge.bin");
            Response head = client.reader().readResponseHead();
            assertThat(head.header("content-length")).isEqualTo("" + size);
            CRC32C sent = new CRC32C();
            client.reader().copyResponseBody(head, "GET", summing(sent));
            CRC32C expected = new CRC32C();
            Files.copy(site.path("huge.bin"), summing(expected));
            assertThat(sent.getValue()).isEqualTo(expected.getValue());
            client.send(
                    "GET /huge.bin HTTP/1.1\r\nHost: a\r\nRange: bytes="
                            + (5 * GIB / 2)
                            + "-"
                            + (5 * GIB / 2 + mark.length - 1)
                            + ","
                            + "0-15\r\n\r\n");
            Response parts = client.readResponse();
            assertThat(parts.status()).isEqualTo(206);
            assertThat(parts.text()).contains("bytes " + (5 * GIB / 2) + "-").contains("/" + size);
            assertThat(client.get("/none").readResponse().status()).isEqualTo(404);
        }
    }

    private static OutputStream summing(CRC32C sum) {
        return new CheckedOutputStream(OutputStream.nullOutputStream(), sum);
    }

    /** A file that takes no room on the disk but for some marks, also where its size lies. */
    private byte[] sparse(String name, long size) throws IOException {
        byte[] mark = new byte[4096];
        new Random(size).nextBytes(mark);
        try (FileChannel file =
                FileChannel.open(
                        site.path(name),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            for (long at : new long[] {0, GIB - 7, 2 * GIB - 7, 5 * GIB / 2, size - mark.length}) {
                file.write(ByteBuffer.wrap(mark), at);
            }
        }
        return mark;
    }

    @Test
    void shouldServeOthersWhileOneClientDoesNotRead() throws Exception {
        site.random("large.bin", STUCK);
        site.text("small.txt", "small");
        try (TestGateway gateway = serve("1s");
                RawClient stuck = RawClient.connect(gateway.address(), RECEIVE_BUFFER);
                RawClient client = gateway.connect()) {
            stuck.get("/large.bin");
            stuck.reader().readResponseHead();
            for (int i = 0; i < 100; i++) {
                assertThat(client.get("/small.txt").readResponse().text()).isEqualTo("small");
            }
        }
    }

    @Test
    void shouldSendToSeveralClientsAtOnce() throws Exception {
        byte[] content = site.random("large.bin", 8 * 1024 * 1024);
        try (TestGateway gateway = serve("0");
                RawClient one = gateway.connect();
                RawClient two = gateway.connect();
                RawClient three = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                one.get("/large.bin");
                two.get("/large.bin");
                three.get("/large.bin");
                assertThat(three.readResponse().body()).isEqualTo(content);
                assertThat(one.readResponse().body()).isEqualTo(content);
                assertThat(two.readResponse().body()).isEqualTo(content);
            }
        }
    }

    @Test
    void shouldCloseTheFileWhenTheClientLeaves() throws Exception {
        site.random("large.bin", STUCK);
        try (TestGateway gateway = serve("0")) {
            for (int i = 0; i < 5; i++) {
                try (RawClient client = RawClient.connect(gateway.address(), RECEIVE_BUFFER)) {
                    client.get("/large.bin");
                    client.reader().readResponseHead();
                    assertThat(descriptors("large.bin")).isPositive();
                    client.reset();
                }
            }
            eventually("no descriptor is left", () -> descriptors("large.bin") == 0);
            eventually(
                    "the clients' leaving is counted",
                    () ->
                            gateway.metrics()
                                            .sum(
                                                    "millrace_outcomes_total",
                                                    "outcome=\"client_abort\"")
                                    == 5);
        }
    }

    @Test
    void shouldCloseTheFileWhenItsTimeIsOver() throws Exception {
        site.random("large.bin", 100_000);
        try (TestGateway gateway = serve("50ms");
                RawClient client = gateway.connect()) {
            assertThat(client.get("/large.bin").readResponse().status()).isEqualTo(200);
            eventually("no descriptor is left", () -> descriptors("large.bin") == 0);
        }
    }

    @Test
    void shouldKeepNoMoreFilesOpenThanTold() throws Exception {
        for (int i = 0; i < 5; i++) {
            site.random("large" + i, 100_000);
        }
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .server("files: {cacheTime: 1h, cachedPaths: 2}")
                                .route(route())
                                .start();
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 15; i++) {
                assertThat(client.get("/large" + i % 5).readResponse().status()).isEqualTo(200);
                assertThat(client.get("/none" + i).readResponse().status()).isEqualTo(404);
            }
            eventually("only two are open", () -> descriptors("large") == 2);
        }
    }

    @Test
    void shouldCloseTheFileWhenTheGatewayStops() throws Exception {
        site.random("large.bin", 100_000);
        try (TestGateway gateway = serve("1h");
                RawClient client = gateway.connect()) {
            assertThat(client.get("/large.bin").readResponse().status()).isEqualTo(200);
            assertThat(descriptors("large.bin")).isEqualTo(1);
        }
        assertThat(descriptors("large.bin")).isZero();
    }

    @Test
    void shouldStopWhileAClientDoesNotReadItsFile() throws Exception {
        site.random("large.bin", STUCK);
        for (int i = 0; i < 3; i++) {
            TestGateway gateway = serve("1s");
            try (RawClient client = RawClient.connect(gateway.address(), RECEIVE_BUFFER)) {
                client.get("/large.bin");
                client.reader().readResponseHead();
                gateway.close();
            }
            assertThat(descriptors("large.bin")).isZero();
        }
    }

    @Test
    void shouldCutTheConnectionWhenTheFileShrinks() throws Exception {
        site.random("large.bin", STUCK);
        try (TestGateway gateway = serve("0");
                RawClient client = RawClient.connect(gateway.address(), RECEIVE_BUFFER)) {
            client.get("/large.bin");
            Response head = client.reader().readResponseHead();
            try (FileChannel file =
                    FileChannel.open(site.path("large.bin"), StandardOpenOption.WRITE)) {
                file.truncate(1000);
            }
            assertThatThrownBy(
                            () -> client.reader().copyResponseBody(head, "GET", new Body.Digest()))
                    .isInstanceOf(IOException.class);
            eventually(
                    "it is counted",
                    () ->
                            gateway.metrics()
                                            .sum(
                                                    "millrace_outcomes_total",
                                                    "outcome=\"file_truncated\"")
                                    == 1);
        }
    }

    @Test
    void shouldGiveUpOnAClientThatDoesNotRead() throws Exception {
        site.random("large.bin", STUCK);
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .listener("timeouts: {body: 200ms}")
                                .route(route())
                                .start();
                RawClient client = RawClient.connect(gateway.address(), RECEIVE_BUFFER)) {
            client.get("/large.bin");
            client.reader().readResponseHead();
            eventually(
                    "the time-out is counted",
                    () ->
                            gateway.metrics()
                                            .sum(
                                                    "millrace_outcomes_total",
                                                    "outcome=\"client_timeout\"")
                                    == 1);
        }
    }

    @Test
    void shouldFindAReplacedFileWhenTheOldOnesTimeIsOver() throws Exception {
        site.text("a.txt", "before").text("next", "behind");
        try (TestGateway gateway = serve("50ms");
                RawClient client = gateway.connect()) {
            Response before = client.get("/a.txt").readResponse();
            assertThat(before.text()).isEqualTo("before");
            Files.move(site.path("next"), site.path("a.txt"), StandardCopyOption.REPLACE_EXISTING);
            eventually(
                    "the new file is served",
                    () -> client.get("/a.txt").readResponse().text().equals("behind"));
            assertThat(client.get("/a.txt").readResponse().header("etag"))
                    .isNotEqualTo(before.header("etag"));
            Files.delete(site.path("a.txt"));
            eventually(
                    "the removed file is gone",
                    () -> client.get("/a.txt").readResponse().status() == 404);
        }
    }

    @Test
    void shouldRememberWhatItFoundAndCountIt() throws Exception {
        site.text("a.txt", "a");
        try (TestGateway gateway = serve("1h");
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/a.txt").readResponse().status()).isEqualTo(200);
                assertThat(client.get("/none").readResponse().status()).isEqualTo(404);
            }
            Files.delete(site.path("a.txt"));
            assertThat(client.get("/a.txt").readResponse().text()).isEqualTo("a");
            assertThat(gateway.metrics().sum("millrace_file_cache_misses_total")).isEqualTo(2);
            assertThat(gateway.metrics().sum("millrace_file_cache_hits_total")).isEqualTo(5);
            assertThat(gateway.metrics().sum("http_requests_total", "status=\"200\"")).isEqualTo(4);
        }
    }

    @Test
    void shouldForgetNothingThatAReloadLeavesAsItWasAndAllThatItChanges() throws Exception {
        site.text("a.txt", "a").text("other/a.txt", "other");
        TestGateway.Setup first = setup("1h").route(route());
        try (TestGateway gateway = first.start();
                RawClient client = gateway.connect()) {
            assertThat(client.get("/a.txt").readResponse().text()).isEqualTo("a");
            Files.delete(site.path("a.txt"));
            assertThat(gateway.reload(first)).isTrue();
            assertThat(client.get("/a.txt").readResponse().text()).isEqualTo("a");
            assertThat(
                            gateway.reload(
                                    setup("1h")
                                            .route(
                                                    "{name: site, path: /*, files: \""
                                                            + site.path("other")
                                                            + "\"}")))
                    .isTrue();
            assertThat(client.get("/a.txt").readResponse().text()).isEqualTo("other");
        }
    }

    @Test
    void shouldFollowARootThatIsALinkToTheNextRelease() throws Exception {
        site.text("one/a.txt", "one").text("two/a.txt", "two").link("current", "one");
        try (TestGateway gateway =
                        setup("0")
                                .route(
                                        "{name: site, path: /*, files: \""
                                                + site.path("current")
                                                + "\"}")
                                .start();
                RawClient client = gateway.connect()) {
            assertThat(client.get("/a.txt").readResponse().text()).isEqualTo("one");
            site.link("next", "two");
            Files.move(site.path("next"), site.path("current"), StandardCopyOption.ATOMIC_MOVE);
            assertThat(client.get("/a.txt").readResponse().text()).isEqualTo("two");
            Files.delete(site.path("current"));
            Response broken = client.get("/a.txt").readResponse();
            assertThat(broken.status()).isEqualTo(500);
            assertThat(gateway.metrics().sum("millrace_file_open_errors_total")).isEqualTo(1);
        }
    }

    private long descriptors(String name) throws IOException {
        Path file = site.path(name);
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(fd -> leadsTo(fd, file)).count();
        }
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith(file.toString());
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private String route() {
        return "{name: site, path: /*, files: \"" + site.root() + "\"}";
    }

    private TestGateway.Setup setup(String cacheTime) {
        return TestGateway.on(transport)
                .server("drainTimeout: 100ms\n  files: {cacheTime: " + cacheTime + "}");
    }

    private TestGateway serve(String cacheTime) throws Exception {
        return setup(cacheTime).route(route()).start();
    }
}
