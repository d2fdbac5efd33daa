package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CheckCommandTest {
    @TempDir Path directory;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldSumUpASoundFileInOneLine() throws IOException {
        Path file =
                write(
                        "listeners: {a: {bind: 0.0.0.0:80}}\nroutes: [{name: r, path: /, respond: {}}]");

        assertThat(run(new CheckCommand(), "--config", file.toString())).isZero();
        assertThat(out).hasToString(file + ": ok, 1 listener, 0 upstreams, 1 route\n");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldPrintEveryProblemAndEndWithOne() throws IOException {
        Path file = write("listeners: {a: {bind: 80}}\nroutes: [{name: r, path: /}]");

        assertThat(run(new CheckCommand(), "-c", file.toString())).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .containsExactly(
                        file
                                + ":1:23: listeners.a.bind: \"80\" is not an address; it has no port;"
                                + " write 80:8080",
                        file
                                + ":2:10: routes[0] has none of upstream, respond, files; write exactly one"
                                + " of them",
                        "2 problems");
    }

    @Test
    void shouldEndWithOneWhenThereIsNoFile() {
        assertThat(run(new CheckCommand(), "-c", directory.resolve("x").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("there is no such file").doesNotContain("Exception");
    }

    @Test
    void shouldEndWithTwoWhenUsedWrongly() {
        assertThat(run(new CheckCommand())).isEqualTo(2);
    }

    @Test
    void shouldPrintTheSchema() {
        assertThat(run(new SchemaCommand())).isZero();
        assertThat(out.toString()).contains("https://json-schema.org/draft/2020-12/schema");
    }

    @Test
    void shouldShowExamplesInTheHelp() {
        assertThat(run(new CheckCommand(), "--help")).isZero();
        assertThat(out.toString()).contains("Examples:").contains("millrace check --config");
    }

    private int run(Object command, String... arguments) {
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("millrace.yaml"), text);
    }
}
