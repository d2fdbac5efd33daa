package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.Site;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says which parts of files are sent when parts are asked for; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class FileRangeContractTest {
    /** One file that is sent out of memory, and one that is not. */
    private static final int SMALL = 1_000;

    private static final int LARGE = 300_000;

    @Parameter private Transport transport;
    @TempDir private Path directory;
    private Site site;

    @BeforeEach
    void makeFiles() throws Exception {
        site = Site.in(directory);
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void shouldSendOneRangeByItself(int size) throws Exception {
        byte[] content = site.random("a.bin", size);
        try (TestGateway gateway = serve();
                RawClient client = gateway.connect()) {
            assertRange(client, content, "0-0", 0, 0);
            assertRange(client, content, "100-199", 100, 199);
            assertRange(client, content, "900-", 900, size - 1);
            assertRange(client, content, "900-9999999", 900, size - 1);
            assertRange(client, content, "-1", size - 1, size - 1);
            assertRange(client, content, "-9999999", 0, size - 1);
            assertRange(client, content, "0-9,10-19", 0, 19);
            assertRange(client, content, "0-600,500-900,400-450", 0, 900);
            assertRange(client, content, "0-,0-,0-,0-", 0, size - 1);
            assertRange(client, content, "5-9,9999999-", 5, 9);
            client.send("HEAD /a.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\n");
            assertThat(client.readResponse("HEAD").status()).isEqualTo(200);
        }
    }

    private static void assertRange(
            RawClient client, byte[] content, String range, int first, int last) throws Exception {
        Response response = get(client, "Range: bytes=" + range);
        assertThat(response.status()).as(range).isEqualTo(206);
        assertThat(response.header("content-range"))
                .isEqualTo("bytes " + first + "-" + last + "/" + content.length);
        assertThat(response.header("content-type")).isEqualTo("application/octet-stream");
        assertThat(response.body()).isEqualTo(Arrays.copyOfRange(content, first, last + 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void shouldSendSeveralRangesInOneMessage(int size) throws Exception {
        byte[] content = site.random("a.bin", size);
        try (TestGateway gateway = serve();
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                Response response = get(client, "Range: bytes=500-599, 0-9, -20");
                assertThat(response.status()).isEqualTo(206);
                assertThat(response.header("content-range")).isNull();
                String type = response.header("content-type");
                assertThat(type).startsWith("multipart/byteranges; boundary=");
                String boundary = type.substring(type.indexOf('=') + 1);
                ByteArrayOutputStream expected = new ByteArrayOutputStream();
                for (int[] part :
                        List.of(
                                new int[] {500, 599},
                                new int[] {0, 9},
                                new int[] {size - 20, size - 1})) {
                    expected.write(
                            ascii(
                                    "\r\n--"
                                            + boundary
                                            + "\r\nContent-Type: application/octet-stream\r\n"
                                            + "Content-Range: bytes "
                                            + part[0]
                                            + "-"
                                            + part[1]
                                            + "/"
                                            + size
                                            + "\r\n\r\n"));
                    expected.write(content, part[0], part[1] + 1 - part[0]);
                }
                expected.write(ascii("\r\n--" + boundary + "--\r\n"));
                assertThat(response.body()).isEqualTo(expected.toByteArray());
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=",
                "bytes=a-b",
                "bytes=9-0",
                "bytes=--1",
                "bytes=-",
                "bytes=0-1;2-3",
                "items=0-1",
                "bytes",
                "bytes=0-600,700-900,400-450",
                "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,"
                        + "30-30,32-32",
                "bytes=0-1\r\nRange: bytes=2-3"
            })
    void shouldSendTheWholeFileWhenRangesAreNotMeantWell(String range) throws Exception {
        byte[] content = site.random("a.bin", SMALL);
        try (TestGateway gateway = serve();
                RawClient client = gateway.connect()) {
            Response response = get(client, "Range: " + range);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000-", "2000-3000", "-0", "99999999999999999-"})
    void shouldRefuseWhatIsNotInTheFile(String range) throws Exception {
        byte[] content = site.random("a.bin", SMALL);
        try (TestGateway gateway = serve();
                RawClient client = gateway.connect()) {
            Response refused = get(client, "Range: bytes=" + range);
            assertThat(refused.status()).isEqualTo(416);
            assertThat(refused.header("content-range")).isEqualTo("bytes */1000");
            assertThat(client.get("/a.bin").readResponse().body()).isEqualTo(content);
        }
    }

    @Test
    void shouldHonourRangesOnlyOfTheFileThatIsMeant() throws Exception {
        site.random("a.bin", SMALL);
        String modified = site.modified("a.bin", 1_000_000_000L);
        try (TestGateway gateway = serve();
                RawClient client = gateway.connect()) {
            String tag = client.get("/a.bin").readResponse().header("etag");
            assertThat(ifRange(client, tag)).isEqualTo(206);
            assertThat(ifRange(client, "W/" + tag)).isEqualTo(200);
            assertThat(ifRange(client, "\"x\"")).isEqualTo(200);
            assertThat(ifRange(client, modified)).isEqualTo(206);
            assertThat(ifRange(client, "Sun, 09 Sep 2001 01:46:41 GMT")).isEqualTo(200);
            assertThat(get(client, "Range: bytes=5000-\r\nIf-Range: \"x\"").status())
                    .isEqualTo(200);
            assertThat(get(client, "Range: bytes=0-1\r\nIf-None-Match: " + tag).status())
                    .isEqualTo(304);
        }
    }

    @Test
    void shouldNotTakeTheDateOfAFileThatMayChangeWithinTheSecondForAStrongValidator()
            throws Exception {
        site.random("a.bin", SMALL);
        String future = site.modified("a.bin", 4_000_000_000L);
        try (TestGateway gateway = serve();
                RawClient client = gateway.connect()) {
            String now = client.get("/a.bin").readResponse().header("last-modified");
            assertThat(now).isNotEqualTo(future);
            assertThat(ifRange(client, now)).isEqualTo(200);
        }
    }

    private static int ifRange(RawClient client, String validator) throws Exception {
        return get(client, "Range: bytes=0-1\r\nIf-Range: " + validator).status();
    }

    @Test
    void shouldSendAnEmptyFileToWhoeverAsksForItsLastBytes() throws Exception {
        site.random("a.bin", 0);
        try (TestGateway gateway = serve();
                RawClient client = gateway.connect()) {
            assertThat(get(client, "Range: bytes=-5").status()).isEqualTo(200);
            Response refused = get(client, "Range: bytes=0-");
            assertThat(refused.status()).isEqualTo(416);
            assertThat(refused.header("content-range")).isEqualTo("bytes */0");
        }
    }

    @Test
    void shouldCountRangesInTheCodingThatIsSent() throws Exception {
        site.text("a.bin", "plain content").text("a.bin.gz", "coded");
        try (TestGateway gateway = serve();
                RawClient client = gateway.connect()) {
            Response response = get(client, "Accept-Encoding: gzip\r\nRange: bytes=1-2");
            assertThat(response.text()).isEqualTo("od");
            assertThat(response.header("content-range")).isEqualTo("bytes 1-2/5");
            assertThat(response.header("content-encoding")).isEqualTo("gzip");
        }
    }

    private static Response get(RawClient client, String fields) throws Exception {
        client.send("GET /a.bin HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n");
        return client.readResponse();
    }

    private TestGateway serve() throws Exception {
        return TestGateway.on(transport)
                .route("{name: site, path: /*, files: \"" + site.root() + "\"}")
                .start();
    }
}
