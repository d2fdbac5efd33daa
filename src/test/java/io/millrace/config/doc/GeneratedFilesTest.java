package io.millrace.config.doc;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.millrace.config.ConfigLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The committed files are what the declarations say; -Dmillrace.regenerate=true writes them anew.
 */
final class GeneratedFilesTest {
    @Test
    void shouldHaveTheSampleUpToDate() throws IOException {
        assertUpToDate(Path.of("src/main/dist/conf/millrace.yaml"), SampleFile.text());
    }

    @Test
    void shouldHaveTheReferencePageUpToDate() throws IOException {
        assertUpToDate(Path.of("src/docs/configuration.md"), ReferencePage.text());
    }

    @Test
    void shouldAcceptTheSampleAsItStands() {
        assertThat(ConfigLoader.parse("sample", SampleFile.text()).problems()).isEmpty();
        assertThat(violations(SampleFile.text())).isEmpty();
    }

    @Test
    void shouldAcceptTheSampleWithEveryOptionSwitchedOn() {
        assertThat(everything()).contains("\n  transport: auto\n").contains("\n    hosts: [");
        assertThat(ConfigLoader.parse("sample", everything()).problems()).isEmpty();
        assertThat(violations(everything())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"short.yaml", "long.yaml"})
    void shouldHaveASchemaThatAcceptsTheExamples(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        GeneratedFilesTest.class.getResourceAsStream(
                                "/io/millrace/config/" + name))) {
            assertThat(violations(new String(in.readAllBytes(), StandardCharsets.UTF_8))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transport: auto>transport: fast",
                "shards: auto>shards: all",
                "idle: 60s>idle: 60",
                "requestLine: 8KiB>requestLine: 8K",
                "headerCount: 100>headerCount: 0",
                "headerCount: 100>headerCount: \"100\"",
                "pipelined: 16>pipelined: 0",
                "pipelining: off>pipelining: on",
                "pipelining: off>pipelining: {depth: 1}",
                "pipelining: off>pipelining: {connections: 65}",
                "pipelining: off>pipelining: {maximumAge: 50}",
                "pipelining: off>pipelining: {maximumBuffered: 64K}",
                "pipelining: off>pipelining: {width: 2}",
                "bind: 0.0.0.0:8080>bund: 0.0.0.0:8080",
                "bind: 0.0.0.0:8080>bind: 8080x",
                "upstream: app>upstreams: app",
                "methods: [GET, HEAD]>methods: []",
                "methods: [GET, HEAD]>methods: [get]",
                "{x-version: v1}>{x-version: {exact: a, prefix: b}}",
                "endpoints: [127.0.0.1:9001]>endpoints: 127.0.0.1:9001",
            })
    void shouldHaveASchemaThatRefusesWhatTheLoaderRefuses(String change) {
        int split = change.indexOf('>');
        String text = everything().replace(change.substring(0, split), change.substring(split + 1));

        assertThat(text).isNotEqualTo(everything());
        assertThat(ConfigLoader.parse("f", text).problems()).isNotEmpty();
        assertThat(violations(text)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "off",
                "",
                "{}",
                "{depth: 2, connections: 1, maximumAge: 1ms, maximumBuffered: 4KiB}"
            })
    void shouldHaveASchemaThatAcceptsAGroupOfKeysAndTheWordInItsPlace(String value) {
        String text = everything().replace("pipelining: off", "pipelining: " + value);

        assertThat(ConfigLoader.parse("f", text).problems()).isEmpty();
        assertThat(violations(text)).isEmpty();
    }

    private static String everything() {
        return SampleFile.text().replaceAll("(?m)^( *)#(?! )", "$1");
    }

    private static List<?> violations(String yaml) {
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(JsonSchema.text());
        return schema.validate(yaml, InputFormat.YAML);
    }

    private static void assertUpToDate(Path file, String text) throws IOException {
        if (Boolean.getBoolean("millrace.regenerate")) {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, text);
        }
        assertThat(file)
                .as("run the tests with -Dmillrace.regenerate=true and commit the change")
                .hasContent(text);
    }
}
