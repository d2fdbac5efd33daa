package io.millrace.testing;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The gateway as a process of its own; owned by the test's thread. */
public final class ForkedGateway implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    private final Process process;
    private final Path log;
    private final InetSocketAddress admin;

    private ForkedGateway(Process process, Path log, InetSocketAddress admin) {
        this.process = process;
        this.log = log;
        this.admin = admin;
    }

    /** A port that was free a moment ago. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Starts {@code millrace run} on a file whose admin listener has that port, and waits until it
     * is ready.
     */
    public static ForkedGateway run(Path config, int adminPort, String... jvmOptions)
            throws Exception {
        ForkedGateway gateway = launch(config, adminPort, List.of(), jvmOptions);
        gateway.awaitReady();
        return gateway;
    }

    /**
     * Starts {@code millrace run} on the last good generation of a state directory, for the file is
     * broken.
     */
    public static ForkedGateway runOnState(Path config, Path state, int adminPort)
            throws Exception {
        ForkedGateway gateway = launch(config, adminPort, List.of("--state", state.toString()));
        gateway.awaitReady();
        return gateway;
    }

    /**
     * Starts {@code millrace run} by way of another command that becomes it, and waits until it is
     * ready.
     */
    public static ForkedGateway runBehind(List<String> prefix, Path config, InetSocketAddress admin)
            throws Exception {
        ForkedGateway gateway =
                fork(
                        config.resolveSibling("millrace.log"),
                        admin,
                        prefix,
                        List.of("run", "--config", config.toString()));
        gateway.awaitReady();
        return gateway;
    }

    /**
     * Starts the distribution just packaged, as {@link #runBehind} does: its classes are in one
     * file, so that loading one takes no descriptor.
     */
    public static ForkedGateway runPackagedBehind(List<String> prefix, Path config, int adminPort)
            throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("millrace.home"), "bin", "millrace").toString());
        command.addAll(List.of("run", "--config", config.toString()));
        ForkedGateway gateway =
                start(
                        config.resolveSibling("millrace.log"),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), adminPort),
                        command,
                        Map.of("MILLRACE_JAVA_HOME", System.getProperty("java.home")));
        gateway.awaitReady();
        return gateway;
    }

    /** Starts {@code millrace run} and waits for nothing. */
    public static ForkedGateway launch(
            Path config, int adminPort, List<String> arguments, String... jvmOptions)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("run", "--config", config.toString()));
        all.addAll(arguments);
        return fork(
                config.resolveSibling("millrace.log"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), adminPort),
                List.of(),
                all,
                jvmOptions);
    }

    private static ForkedGateway fork(
            Path log,
            InetSocketAddress admin,
            List<String> prefix,
            List<String> arguments,
            String... jvmOptions)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(inheritedFlags());
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("io.millrace.Millrace");
        command.addAll(arguments);
        return start(log, admin, command, Map.of());
    }

    private static ForkedGateway start(
            Path log,
            InetSocketAddress admin,
            List<String> command,
            Map<String, String> environment)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .redirectInput(new File("/dev/null"));
        builder.environment().putAll(environment);
        return new ForkedGateway(builder.start(), log, admin);
    }

    /** The flags that the tests' own JVM needs, without those for watching leaks or sizing. */
    private static List<String> inheritedFlags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--") || flag.startsWith("-Dio.netty.try"))
                .toList();
    }

    public void awaitReady() throws Exception {
        Eventually.eventually(
                "the gateway is ready",
                START,
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("it has ended:\n" + logText());
                    }
                    return ready() == 200;
                });
    }

    /** The status of the readiness endpoint, 0 when nothing answers. */
    public int ready() {
        try {
            return TestGateway.admin(admin, "/readyz").status();
        } catch (IOException refused) {
            return 0;
        }
    }

    public Metrics metrics() throws IOException {
        return Metrics.scrape(admin);
    }

    /** Sends a signal by its name, for instance {@code HUP}. */
    public void signal(String name) throws Exception {
        int code =
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor();
        if (code != 0) {
            throw new AssertionError("kill -" + name + " exited with " + code);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Ends the process as a power cut would. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits for the end and returns the exit code. */
    public int awaitExit(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still running after " + patience + ":\n" + logText());
        }
        return process.exitValue();
    }

    /** The resident memory of the process in bytes. */
    public long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                String kibibytes = line.toLowerCase(Locale.ROOT).replaceAll("[^0-9]", "");
                return Long.parseLong(kibibytes) * 1024;
            }
        }
        throw new AssertionError("the process has no VmRSS");
    }

    /** All that the process has printed. */
    public String logText() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
