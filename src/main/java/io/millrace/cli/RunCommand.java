package io.millrace.cli;

import io.millrace.server.Demo;
import io.millrace.server.Gateway;
import io.millrace.server.GatewayOptions;
import io.millrace.server.StartException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the gateway until it is told to stop; owned by the main thread. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the gateway in the foreground.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace run --config /etc/millrace/millrace.yaml",
            "  millrace run --config new.yaml --state /tmp/millrace --strict",
            "  millrace run --demo",
            "",
            "Signals: HUP reloads the file, TERM and INT drain and stop.",
            "Exit codes: 0 stopped, 1 wrong configuration, 2 wrong usage, 3 cannot start."
        })
public final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    /** How long a stop waits for a start that is under way, so that it can be undone in order. */
    private static final int START_SECONDS = 5;

    /** What to run. */
    static final class Subject {
        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The configuration file.")
        @Nullable Path config;

        @Option(
                names = "--demo",
                description = "A demo configuration with a demo origin, on port 8080.")
        boolean demo;
    }

    @ArgGroup(multiplicity = "1")
    private Subject subject = new Subject();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "The state directory, instead of the file's server.stateDirectory.")
    private @Nullable Path state;

    @Option(
            names = "--strict",
            description =
                    "Refuse to start on a wrong file even when an earlier generation is there.")
    private boolean strict;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        try {
            Path config = subject.config;
            if (config == null) {
                try (Demo demo = Demo.prepare()) {
                    return run(demo.configFile());
                }
            }
            return run(config);
        } catch (StartException e) {
            spec.commandLine().getErr().println(e.getMessage());
            spec.commandLine().getErr().flush();
            return e.exitCode();
        }
    }

    private int run(Path config) throws InterruptedException {
        // Before there is something to stop: whoever sees an open port may send a signal, and the
        // JVM's own answer to HUP and TERM is to end at once.
        CompletableFuture<Gateway> started = new CompletableFuture<>();
        Signals.onReload(() -> started.join().reload());
        Signals.onStop(() -> stop(started));
        Gateway gateway = Gateway.start(config, new GatewayOptions(strict, state));
        started.complete(gateway);
        LOG.info("ready; TERM or Ctrl-C drains and stops, HUP reloads");
        gateway.await();
        return 0;
    }

    private static int stop(CompletableFuture<Gateway> started) {
        try {
            started.get(START_SECONDS, TimeUnit.SECONDS).close();
        } catch (TimeoutException _) {
            LOG.warn("stopped before it had started");
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return 0;
    }
}
