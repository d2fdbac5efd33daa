package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.RawClient;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import io.millrace.testing.Site;
import io.millrace.testing.TestGateway;
import io.millrace.testing.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Says what a route with files answers; owned by the test's thread. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
@SuppressWarnings("StringConcatToTextBlock") // On the wire the CRLF must be visible.
final class FileContractTest {
    private final Transport transport;

    @TempDir private Path directory;

    FileContractTest(Transport transport) {
        this.transport = transport;
    }

    private static final int KIB = 1024;

    @Test
    void shouldSendFilesOfAnySizeWhole() throws Exception {
        Site site = Site.in(directory);
        int[] sizes = {
            0,
            1,
            16 * KIB,
            16 * KIB + 1,
            64 * KIB - 1,
            64 * KIB,
            64 * KIB + 1,
            1024 * KIB,
            5 * 1024 * KIB + 3
        };
        try (TestGateway gateway = serve(site, "");
                RawClient client = gateway.connect()) {
            for (int size : sizes) {
                byte[] content = site.random(size + ".bin", size);
                assertSent(client, "/" + size + ".bin", content);
            }
        }
    }

    private static void assertSent(RawClient client, String target, byte[] content)
            throws Exception {
        for (int i = 0; i < 3; i++) {
            Response response = client.get(target).readResponse();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("content-length")).isEqualTo("" + content.length);
            assertThat(response.header("content-type")).isEqualTo("application/octet-stream");
            assertThat(response.header("accept-ranges")).isEqualTo("bytes");
            assertThat(response.body()).isEqualTo(content);
        }
        client.send("HEAD " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        Response head = client.readResponse("HEAD");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("content-length")).isEqualTo("" + content.length);
        assertThat(client.get(target).readResponse().body()).isEqualTo(content);
    }

    @Test
    void shouldAnswerInOrderWhatIsPipelined() throws Exception {
        Site site = Site.in(directory).text("small.txt", "small");
        byte[] large = site.random("large.bin", 3 * 1024 * KIB);
        try (ScriptedOrigin origin = ScriptedOrigin.answering("origin");
                TestGateway gateway =
                        TestGateway.on(transport)
                                .upstream("app", origin)
                                .route("{name: app, path: /app, upstream: app}")
                                .route(route(site, ""))
                                .start();
                RawClient client = gateway.connect()) {
            String[] targets = {"/small.txt", "/app", "/large.bin", "/none", "/large.bin", "/app"};
            StringBuilder all = new StringBuilder();
            for (String target : targets) {
                all.append("GET ").append(target).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(all.toString());
            assertThat(client.readResponse().text()).isEqualTo("small");
            assertThat(client.readResponse().text()).isEqualTo("origin");
            assertThat(client.readResponse().body()).isEqualTo(large);
            assertThat(client.readResponse().status()).isEqualTo(404);
            assertThat(client.readResponse().body()).isEqualTo(large);
            assertThat(client.readResponse().text()).isEqualTo("origin");
        }
    }

    @Test
    void shouldNameTypesByTheEndOfTheNameAndTheOperatorsWishes() throws Exception {
        Site site =
                Site.in(directory)
                        .text("a.HTML", "x")
                        .text("a.js", "x")
                        .text("b.tar.gz", "x")
                        .text("noend", "x")
                        .text("c.own", "x")
                        .text("d.css", "x");
        try (TestGateway gateway = serve(site, "types: {own: text/own, css: text/other}");
                RawClient client = gateway.connect()) {
            assertThat(type(client, "/a.HTML")).isEqualTo("text/html; charset=utf-8");
            assertThat(type(client, "/a.js")).isEqualTo("text/javascript; charset=utf-8");
            assertThat(type(client, "/b.tar.gz")).isEqualTo("application/gzip");
            assertThat(type(client, "/noend")).isEqualTo("application/octet-stream");
            assertThat(type(client, "/c.own")).isEqualTo("text/own");
            assertThat(type(client, "/d.css")).isEqualTo("text/other");
        }
    }

    private static String type(RawClient client, String target) throws Exception {
        return client.get(target).readResponse().header("content-type");
    }

    @Test
    void shouldServeIndexesAndSendToTheDirectorysOwnName() throws Exception {
        Site site =
                Site.in(directory)
                        .text("index.html", "root")
                        .text("a b/index.html", "below")
                        .text("empty/x.txt", "x");
        try (TestGateway gateway = serve(site, "cacheControl: \"public, max-age=60\"");
                RawClient client = gateway.connect()) {
            Response root = client.get("/").readResponse();
            assertThat(root.text()).isEqualTo("root");
            assertThat(root.header("content-type")).isEqualTo("text/html; charset=utf-8");
            assertThat(root.header("cache-control")).isEqualTo("public, max-age=60");
            assertThat(client.get("/a%20b/").readResponse().text()).isEqualTo("below");
            Response moved = client.get("/./a%20b?x=1&y=//z").readResponse();
            assertThat(moved.status()).isEqualTo(301);
            assertThat(moved.header("location")).isEqualTo("/a%20b/?x=1&y=//z");
            assertThat(client.get("/empty/").readResponse().status()).isEqualTo(404);
            assertThat(client.get("/empty").readResponse().status()).isEqualTo(301);
            assertThat(client.get("/index.html/").readResponse().status()).isEqualTo(404);
        }
    }

    @Test
    void shouldTryOtherFilesWhenThereIsNone() throws Exception {
        Site site = Site.in(directory).text("index.html", "page").text("app.js", "code");
        try (TestGateway gateway = serve(site, "tryFiles: [/none.html, /index.html]");
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.get("/app.js").readResponse().text()).isEqualTo("code");
                Response page = client.get("/user/42").readResponse();
                assertThat(page.status()).isEqualTo(200);
                assertThat(page.text()).isEqualTo("page");
                assertThat(page.header("content-type")).isEqualTo("text/html; charset=utf-8");
            }
            assertThat(client.get("/.git/config").readResponse().status()).isEqualTo(404);
        }
    }

    @Test
    void shouldTakeThePrefixOff() throws Exception {
        Site site = Site.in(directory).text("a.txt", "a").text("d/index.html", "d");
        try (TestGateway gateway =
                        TestGateway.on(transport)
                                .route(
                                        "{name: s, path: /static/*, files: {root: \""
                                                + site.root()
                                                + "\", stripPrefix: /static}}")
                                .start();
                RawClient client = gateway.connect()) {
            assertThat(client.get("/static/a.txt").readResponse().text()).isEqualTo("a");
            assertThat(client.get("/static/d").readResponse().header("location"))
                    .isEqualTo("/static/d/");
            assertThat(client.get("/static/static/a.txt").readResponse().status()).isEqualTo(404);
        }
    }

    @Test
    void shouldAdmitNothingButGetAndHead() throws Exception {
        Site site = Site.in(directory).text("a.txt", "a");
        try (TestGateway gateway = serve(site, "");
                RawClient client = gateway.connect()) {
            for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW")) {
                assertRefused(client, method);
            }
        }
    }

    private static void assertRefused(RawClient client, String method) throws Exception {
        client.send(method + " /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Response refused = client.readResponse();
        assertThat(refused.status()).as(method).isEqualTo(405);
        assertThat(refused.header("allow")).isEqualTo("GET, HEAD");
        assertThat(client.get("/a.txt").readResponse().text()).isEqualTo("a");
    }

    @Test
    void shouldFindNothingOutsideOfTheRoot() throws Exception {
        String[] targets = {
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/d/%2e%2e%2f%2e%2e%2fsecret.txt",
            "/d%2fa.txt",
            "/%252e%252e/secret.txt",
            "/..%5csecret.txt",
            "/d%5ca.txt",
            "/a.txt%00",
            "/a.txt%00.html",
            "/a%0a.txt",
            "//d/a.txt",
            "/d//a.txt",
            "/out/secret.txt",
            "/out.txt",
            "/absolute.txt",
            "/up.txt",
            "/proc/self/environ",
            "/.hidden",
            "/.git/config",
            "/d/.hidden",
            "/%2ehidden",
            "/fifo",
            "/d/none",
            "/a.txt/none"
        };
        try (TestGateway gateway = serve(attacked(), "")) {
            for (String target : targets) {
                try (RawClient client = gateway.connect()) {
                    Response response = client.get(target).readResponse();
                    assertThat(response.status()).as(target).isIn(400, 404);
                    assertThat(response.text()).as(target).doesNotContain("secret");
                }
            }
        }
    }

    @Test
    void shouldFindWhatIsInsideByWhateverName() throws Exception {
        Map<String, String> contents =
                Map.of(
                        "/inside.txt", "a",
                        "/d/b.txt", "b",
                        "/.well-known/x", "well known",
                        "/%c3%a9.txt", "accent",
                        "/per%25cent.txt", "percent",
                        "/d/../a.txt", "a",
                        "/%61.txt", "a");
        try (TestGateway gateway = serve(attacked(), "");
                RawClient client = gateway.connect()) {
            for (var entry : contents.entrySet()) {
                assertThat(client.get(entry.getKey()).readResponse().text())
                        .as(entry.getKey())
                        .isEqualTo(entry.getValue());
            }
        }
    }

    @Test
    void shouldServeDotFilesWhenTold() throws Exception {
        try (TestGateway gateway = serve(attacked(), "dotFiles: true");
                RawClient client = gateway.connect()) {
            assertThat(client.get("/.hidden").readResponse().status()).isEqualTo(200);
            assertThat(client.get("/../secret.txt").readResponse().status()).isEqualTo(400);
        }
    }

    private Site attacked() throws Exception {
        Files.writeString(directory.resolve("secret.txt"), "secret");
        Site site =
                Site.in(directory)
                        .text("a.txt", "a")
                        .text("d/a.txt", "a")
                        .text("d/b.txt", "b")
                        .text("\u00e9.txt", "accent")
                        .text("per%cent.txt", "percent")
                        .text(".hidden", "secret")
                        .text("d/.hidden", "secret")
                        .text(".git/config", "secret")
                        .text(".well-known/x", "well known");
        site.link("inside.txt", "d/../a.txt");
        site.link("out", "..");
        site.link("out.txt", "../secret.txt");
        site.link("up.txt", "d/../../secret.txt");
        site.link("absolute.txt", directory.resolve("secret.txt").toString());
        site.link("proc", "/proc");
        site.fifo("fifo");
        return site;
    }

    @Test
    void shouldSendPrecompressedSiblingsToWhomTheySuit() throws Exception {
        Site site =
                Site.in(directory)
                        .text("a.js", "plain")
                        .text("a.js.br", "brotli")
                        .text("a.js.gz", "gzip")
                        .text("b.js", "plain");
        try (TestGateway gateway = serve(site, "");
                RawClient client = gateway.connect()) {
            List<String> wishes =
                    List.of(
                            "gzip, br>brotli",
                            "gzip>gzip",
                            "x-gzip>gzip",
                            "br;q=0.5, gzip;q=0.8>gzip",
                            "zstd>plain",
                            "br;q=0>plain",
                            "*>brotli",
                            "*;q=0>plain",
                            "gzip;q=0.5, identity>plain",
                            "gzip;q=2>plain",
                            ">plain");
            for (String wish : wishes) {
                String[] said = wish.split(">", -1);
                Response response = get(client, "/a.js", "Accept-Encoding: " + said[0]);
                assertThat(response.text()).as(wish).isEqualTo(said[1]);
                assertThat(response.header("vary")).isEqualTo("Accept-Encoding");
                assertThat(response.header("content-type"))
                        .isEqualTo("text/javascript; charset=utf-8");
            }
            Response coded = get(client, "/a.js", "Accept-Encoding: br");
            assertThat(coded.header("content-encoding")).isEqualTo("br");
            Response plain = client.get("/a.js").readResponse();
            assertThat(plain.header("content-encoding")).isNull();
            assertThat(plain.header("etag")).isNotEqualTo(coded.header("etag"));
            Response other = get(client, "/b.js", "Accept-Encoding: br, gzip");
            assertThat(other.text()).isEqualTo("plain");
            assertThat(other.header("vary")).isNull();
        }
    }

    @Test
    void shouldLookForNoSiblingsWhenTold() throws Exception {
        Site site = Site.in(directory).text("a.js", "plain").text("a.js.gz", "gzip");
        try (TestGateway gateway = serve(site, "precompressed: false");
                RawClient client = gateway.connect()) {
            Response response = get(client, "/a.js", "Accept-Encoding: gzip");
            assertThat(response.text()).isEqualTo("plain");
            assertThat(response.header("vary")).isNull();
        }
    }

    @Test
    void shouldEvaluateConditionsInTheirOrder() throws Exception {
        Site site = Site.in(directory).text("a.txt", "content");
        String modified = site.modified("a.txt", 1_000_000_000L);
        String earlier = "Sun, 09 Sep 2001 01:46:39 GMT";
        assertThat(modified).isEqualTo("Sun, 09 Sep 2001 01:46:40 GMT");
        try (TestGateway gateway = serve(site, "cacheControl: no-cache");
                RawClient client = gateway.connect()) {
            Response first = client.get("/a.txt").readResponse();
            assertThat(first.header("last-modified")).isEqualTo(modified);
            String tag = first.header("etag");
            List<String> table =
                    List.of(
                            "If-None-Match: " + tag + ">304",
                            "If-None-Match: W/" + tag + ">304",
                            "If-None-Match: \"x\", " + tag + ">304",
                            "If-None-Match: *>304",
                            "If-None-Match: \"x\">200",
                            "If-Match: " + tag + ">200",
                            "If-Match: *>200",
                            "If-Match: W/" + tag + ">412",
                            "If-Match: \"x\">412",
                            "If-Modified-Since: " + modified + ">304",
                            "If-Modified-Since: " + earlier + ">200",
                            "If-Modified-Since: Sunday, 09-Sep-01 01:46:40 GMT>304",
                            "If-Modified-Since: Sun Sep  9 01:46:40 2001>304",
                            "If-Modified-Since: yesterday>200",
                            "If-Unmodified-Since: " + modified + ">200",
                            "If-Unmodified-Since: " + earlier + ">412",
                            "If-None-Match: \"x\"\r\nIf-Modified-Since: " + modified + ">200",
                            "If-None-Match: " + tag + "\r\nIf-Modified-Since: " + earlier + ">304",
                            "If-Match: " + tag + "\r\nIf-Unmodified-Since: " + earlier + ">200",
                            "If-Match: \"x\"\r\nIf-None-Match: " + tag + ">412",
                            "If-Match: " + tag + "\r\nIf-None-Match: " + tag + ">304",
                            "If-None-Match: \"x\"\r\nIf-None-Match: " + tag + ">304");
            for (String row : table) {
                int split = row.lastIndexOf('>');
                Response response = get(client, "/a.txt", row.substring(0, split));
                assertThat(response.status())
                        .as(row)
                        .isEqualTo(Integer.parseInt(row, split + 1, row.length(), 10));
                if (response.status() == 304) {
                    assertThat(response.header("etag")).isEqualTo(tag);
                    assertThat(response.header("cache-control")).isEqualTo("no-cache");
                    assertThat(response.header("content-length")).isNull();
                }
            }
            assertThat(get(client, "/none", "If-Match: *").status()).isEqualTo(404);
        }
    }

    private static Response get(RawClient client, String target, String fields) throws Exception {
        client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n");
        return client.readResponse();
    }

    private String route(Site site, String keys) {
        return "{name: site, path: /*, files: {root: \"" + site.root() + "\", " + keys + "}}";
    }

    private TestGateway serve(Site site, String keys) throws Exception {
        return TestGateway.on(transport).route(route(site, keys)).start();
    }
}
