package io.millrace.scenario;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace that one virtual cable joins to the test's own; owned by the test's thread.
 *
 * @param name of the namespace
 * @param cable the name of the cable's end outside
 * @param inside the address of the cable's end in it
 */
record Namespace(String name, String cable, InetAddress inside) implements AutoCloseable {
    /** RFC 2544, appendix C.2.2: for tests only, never routed. */
    private static final String NETWORK = "198.18.77.";

    /** Whether the user may make one. */
    static boolean isPossible() {
        boolean installed =
                Files.isExecutable(Path.of("/usr/sbin/ip"))
                        || Files.isExecutable(Path.of("/sbin/ip"));
        return installed && "root".equals(System.getProperty("user.name"));
    }

    static Namespace make() throws IOException {
        String id = Long.toString(ProcessHandle.current().pid());
        String outer = "mr" + id + "o";
        Namespace made =
                new Namespace("millrace-" + id, outer, InetAddress.getByName(NETWORK + "2"));
        String inner = "mr" + id + "i";
        ip("netns", "add", made.name);
        try {
            ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", made.name);
        } catch (AssertionError e) {
            ip("netns", "del", made.name);
            throw e;
        }
        try {
            ip("addr", "add", NETWORK + "1/30", "dev", outer);
            ip("link", "set", outer, "up");
            ip("-n", made.name, "addr", "add", NETWORK + "2/30", "dev", inner);
            ip("-n", made.name, "link", "set", inner, "up");
            ip("-n", made.name, "link", "set", "lo", "up");
        } catch (AssertionError e) {
            made.close();
            throw e;
        }
        return made;
    }

    /** What a command has to begin with to run in the namespace; it keeps its process id. */
    List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    private static void ip(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        // Ends with the process, whose exit code is known at once then.
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new AssertionError(command + ": " + said);
        }
    }

    /**
     * Removes the cable too: it would go with the namespace, but some time later, when another may
     * be wanted under the same name and address.
     */
    @Override
    public void close() throws IOException {
        ip("link", "del", cable);
        ip("netns", "del", name);
    }
}
