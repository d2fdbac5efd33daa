package io.millrace.config.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigLoader;
import io.millrace.config.ConfigResult;
import io.millrace.config.GatewayConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FilesConfigTest {
    @TempDir private Path directory;

    @Test
    void shouldReadTheShortFormWithDefaultsForAllElse() {
        assertThat(files("path: /*, files: /srv/www"))
                .isEqualTo(
                        new FilesConfig(
                                Path.of("/srv/www"),
                                "index.html",
                                null,
                                List.of(),
                                null,
                                Map.of(),
                                true,
                                false));
    }

    @Test
    void shouldReadEveryKey() {
        assertThat(
                        files(
                                "path: /static/*, methods: [GET, HEAD], files: {root: /srv, index: \"\","
                                        + " stripPrefix: /static, tryFiles: [/a.html, /b/c.html],"
                                        + " cacheControl: \"public, max-age=5\", types: {md:"
                                        + " text/plain}, precompressed: false, dotFiles: true}"))
                .isEqualTo(
                        new FilesConfig(
                                Path.of("/srv"),
                                "",
                                "/static",
                                List.of("/a.html", "/b/c.html"),
                                "public, max-age=5",
                                Map.of("md", "text/plain"),
                                false,
                                true));
    }

    private static FilesConfig files(String keys) {
        GatewayConfig config = parse(keys).config();
        assertThat(parse(keys).problems()).isEmpty();
        return Objects.requireNonNull(config).routes().getFirst().files();
    }

    @Test
    void shouldSayWhatIsWrongWithEachKey() {
        assertOnly(
                "path: /*, files: {root: srv}",
                "f:2:44: routes[0].files.root: \"srv\" is not an absolute path; write one that"
                        + " begins with \"/\"");
        assertOnly(
                "path: /*, files: {index: a}",
                "f:2:37: routes[0].files: the key \"root\" is missing; write for instance root:"
                        + " /srv/www");
        assertOnly(
                "path: /*, files: {root: /srv, index: ../a}",
                "f:2:57: routes[0].files.index: \"../a\" is not allowed here; it must be the name"
                        + " of a file, without a directory");
        assertOnly(
                "path: /*, files: {root: /srv, index: ..}",
                "f:2:57: routes[0].files.index: \"..\" is not allowed here; it must be the name"
                        + " of a file, without a directory");
        assertOnly(
                "path: /*, files: {root: /srv, tryFiles: [/a/../b]}",
                "f:2:61: routes[0].files.tryFiles[0]: \"/a/../b\" is not allowed here; it must be"
                        + " the path of a file in the root, for instance /index.html");
        assertOnly(
                "path: /*, files: {root: /srv, types: {.md: text/plain}}",
                "f:2:58: routes[0].files.types has the key \".md\"; it must be the end of a name in"
                        + " lower case, for instance html");
        assertOnly(
                "path: /*, files: {root: /srv, cacheControl: \"a\\nb\"}",
                "f:2:64: routes[0].files.cacheControl: \"a\\nb\" is not allowed here; it must be"
                        + " visible ASCII, for instance max-age=3600");
        assertOnly(
                "path: /*, methods: [GET, POST], files: /srv",
                "f:2:45: routes[0].methods[1]: files are served to GET and HEAD only, not to"
                        + " \"POST\"; remove it, or give it a route of its own");
        assertOnly(
                "path: /a/*, files: {root: /srv, stripPrefix: /b}",
                "f:2:65: routes[0].files.stripPrefix: \"/b\" is not how the route's path \"/a/*\""
                        + " begins; every request of the route must begin with it");
    }

    @Test
    void shouldWantTheRootToBeThereWhenAFileIsLoaded() throws IOException {
        Path root = directory.resolve("www");
        Path file = directory.resolve("f.yaml");
        Files.writeString(file, text("path: /*, files: " + root));
        assertThat(ConfigLoader.load(file).problems())
                .singleElement()
                .asString()
                .endsWith(
                        "f.yaml:2:37: routes[0].files: \""
                                + root
                                + "\" is not there, or may not be seen by this user; make the"
                                + " directory first");
        Files.writeString(root, "a file");
        assertThat(ConfigLoader.load(file).problems())
                .singleElement()
                .asString()
                .contains("is not a directory; write the one that the files lie in");
        Files.writeString(file, text("path: /*, files: \"/a\\0b\""));
        assertThat(ConfigLoader.load(file).problems()).hasSize(1);
        Files.writeString(file, text("path: /*, files: " + root));
        Files.delete(root);
        Files.createDirectory(root);
        assertThat(ConfigLoader.load(file).problems()).isEmpty();
    }

    @Test
    void shouldServeAStoredGenerationWhateverIsLeftOfItsRoot() {
        assertThat(parse("path: /*, files: /none/such").problems()).isEmpty();
    }

    private static void assertOnly(String keys, String problem) {
        assertThat(parse(keys).problems()).extracting(Object::toString).containsExactly(problem);
    }

    private static ConfigResult parse(String keys) {
        return ConfigLoader.parse("f", text(keys));
    }

    private static String text(String keys) {
        return "listeners: {http: {bind: 0.0.0.0:1}}\nroutes: [{name: s, " + keys + "}]\n";
    }
}
