package io.millrace;

import io.millrace.cli.CheckCommand;
import io.millrace.cli.ExplainCommand;
import io.millrace.cli.RoutesCommand;
import io.millrace.cli.RunCommand;
import io.millrace.cli.SchemaCommand;
import io.millrace.control.RouteShadows;
import io.millrace.server.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line; owned by the main thread. */
@Command(
        name = "millrace",
        mixinStandardHelpOptions = true,
        versionProvider = Millrace.Versions.class,
        description = "Reverse proxy and API gateway.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace run --demo",
            "  millrace check --config millrace.yaml",
            "  millrace run --config millrace.yaml",
            "  millrace explain GET http://api.example.com/user/7 --config millrace.yaml",
            "",
            "Exit codes: 0 ok, 1 wrong configuration, 2 wrong usage, 3 cannot start."
        })
public final class Millrace implements Runnable {
    private static final int CANNOT_START = 3;

    @Spec private CommandSpec spec = CommandSpec.create();

    private Millrace() {}

    /** Says which version this is. */
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"millrace " + Version.current()};
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "a command is missing: run, check, schema, routes or explain");
    }

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The commands, ready to be executed. */
    static CommandLine commandLine() {
        return new CommandLine(new Millrace())
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println("millrace: " + failure);
                    return CANNOT_START;
                })
                .addSubcommand(new RunCommand())
                .addSubcommand(new CheckCommand(RouteShadows.CHECK))
                .addSubcommand(new SchemaCommand())
                .addSubcommand(new RoutesCommand())
                .addSubcommand(new ExplainCommand());
    }
}
