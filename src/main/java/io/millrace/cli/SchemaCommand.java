package io.millrace.cli;

import io.millrace.config.doc.JsonSchema;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the JSON Schema of the configuration file; owned by the main thread. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Prints the JSON Schema of the configuration file, for editors.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace schema > millrace.schema.json",
            "  then, as the first line of the file, for editors with a YAML language server:",
            "  # yaml-language-server: $schema=millrace.schema.json",
            "",
            "Exit codes: 0 ok, 2 wrong usage."
        })
public final class SchemaCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(JsonSchema.text());
        out.flush();
        return 0;
    }
}
