package io.millrace.cli;

import io.millrace.config.ConfigLoader;
import io.millrace.config.ConfigProblem;
import io.millrace.config.ConfigResult;
import io.millrace.config.GatewayConfig;
import io.millrace.config.RouteCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints everything that is wrong with a configuration file; owned by the main thread. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Checks a configuration file and prints everything that is wrong with it.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace check --config /etc/millrace/millrace.yaml",
            "  millrace check -c new.yaml && mv new.yaml /etc/millrace/millrace.yaml",
            "",
            "Exit codes: 0 nothing wrong, 1 wrong configuration, 2 wrong usage.",
            "Each problem is one line: file:line:column: what is wrong, the value, what would be right."
        })
public final class CheckCommand implements Callable<Integer> {
    private final RouteCheck routeCheck;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration file.")
    private Path config = Path.of("millrace.yaml");

    @Spec private CommandSpec spec = CommandSpec.create();

    /** A check that does not look for routes that can never win. */
    public CheckCommand() {
        this(routes -> List.of());
    }

    /** A check that looks for routes that can never win, too. */
    public CheckCommand(RouteCheck routeCheck) {
        this.routeCheck = routeCheck;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ConfigResult result = ConfigLoader.load(config, routeCheck);
        GatewayConfig gateway = result.config();
        if (gateway != null) {
            out.println(summary(result.file(), gateway));
            out.flush();
            return 0;
        }
        PrintWriter err = spec.commandLine().getErr();
        for (ConfigProblem problem : result.problems()) {
            err.println(problem);
        }
        err.println(count(result.problems().size(), "problem"));
        err.flush();
        return 1;
    }

    private static String summary(String file, GatewayConfig config) {
        return file
                + ": ok, "
                + count(config.listeners().size(), "listener")
                + ", "
                + count(config.upstreams().size(), "upstream")
                + ", "
                + count(config.routes().size(), "route");
    }

    private static String count(int n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }
}
