package io.millrace.testing;

import io.millrace.server.Gateway;
import io.millrace.server.GatewayOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A gateway inside the test's JVM with its own directory and ports from the kernel; owned by the
 * test's thread.
 *
 * <p>Listeners, upstreams and routes are given as they would be written in the file.
 */
public final class TestGateway implements AutoCloseable {
    private final Gateway gateway;
    private final Path directory;
    private final Path configFile;

    private TestGateway(Gateway gateway, Path directory, Path configFile) {
        this.gateway = gateway;
        this.directory = directory;
        this.configFile = configFile;
    }

    public static Setup on(Transport transport) {
        return new Setup(transport);
    }

    /** The shortest setup: everything goes to one origin. */
    public static TestGateway inFrontOf(ScriptedOrigin origin, Transport transport)
            throws IOException {
        return on(transport).upstream("app", origin).start();
    }

    /** What the file will say; owned by the test's thread. */
    public static final class Setup {
        private final Transport transport;
        private final List<String> listeners = new ArrayList<>();
        private final List<String> upstreams = new ArrayList<>();
        private final List<String> routes = new ArrayList<>();
        private final List<String> policies = new ArrayList<>();
        private String http = "";
        private String server = "  drainTimeout: 100ms\n";
        private int shards = 1;

        private Setup(Transport transport) {
            this.transport = transport;
        }

        /** Further keys of the listener {@code http}, for instance {@code limits: {body: 1KiB}}. */
        public Setup listener(String keys) {
            http = ", " + keys;
            return this;
        }

        /** A further listener. */
        public Setup listener(String name, String definition) {
            listeners.add("  " + name + ": " + definition);
            return this;
        }

        public Setup upstream(String name, ScriptedOrigin origin) {
            return upstream(name, "{endpoints: [\"" + origin.address() + "\"]}");
        }

        /**
         * An upstream of one endpoint with further keys, for instance {@code timeouts: {response:
         * 1s}}.
         */
        public Setup upstream(String name, ScriptedOrigin origin, String keys) {
            return upstream(name, "{endpoints: [\"" + origin.address() + "\"], " + keys + "}");
        }

        public Setup upstream(String name, String definition) {
            upstreams.add("  " + name + ": " + definition);
            return this;
        }

        public Setup route(String definition) {
            routes.add("  - " + definition);
            return this;
        }

        /** A set of filters with a name. */
        public Setup policy(String name, String definition) {
            policies.add("  " + name + ": " + definition);
            return this;
        }

        public Setup shards(int count) {
            shards = count;
            return this;
        }

        /** A key of the section {@code server} in place of a drain timeout that suits tests. */
        public Setup server(String key) {
            server = "  " + key + "\n";
            return this;
        }

        /** The file's text. */
        public String yaml(Path directory) {
            List<String> allRoutes =
                    routes.isEmpty() ? List.of("  - {name: all, path: /*, upstream: app}") : routes;
            return "server:\n  transport: "
                    + transport.key()
                    + "\n  shards: "
                    + shards
                    + "\n  stateDirectory: \""
                    + directory.resolve("state")
                    + "\"\n"
                    + server
                    + "admin: {bind: 127.0.0.1:0}\nlisteners:\n  http: {bind: 127.0.0.1:0"
                    + http
                    + "}\n"
                    + section("", listeners)
                    + section("upstreams:\n", upstreams)
                    + section("policies:\n", policies)
                    + section("routes:\n", allRoutes);
        }

        private static String section(String title, List<String> lines) {
            return lines.isEmpty() ? "" : title + String.join("\n", lines) + "\n";
        }

        public TestGateway start() throws IOException {
            Path directory = Files.createTempDirectory("millrace-test");
            Files.writeString(directory.resolve("millrace.yaml"), yaml(directory));
            return startIn(directory, false);
        }
    }

    /** Starts on the file and the state that lie in a directory. */
    public static TestGateway startIn(Path directory, boolean strict) throws IOException {
        Path file = directory.resolve("millrace.yaml");
        GatewayOptions options = new GatewayOptions(strict, directory.resolve("state"));
        return new TestGateway(Gateway.start(file, options), directory, file);
    }

    /** Stops and leaves the directory, so that another can be started in it. */
    public Path stop() {
        gateway.close();
        return directory;
    }

    public RawClient connect() throws IOException {
        return RawClient.connect(address());
    }

    public InetSocketAddress address() {
        return gateway.address("http");
    }

    public InetSocketAddress address(String listener) {
        return gateway.address(listener);
    }

    public Metrics metrics() throws IOException {
        return Metrics.scrape(gateway.adminAddress());
    }

    /** One answer of the admin listener. */
    public Response admin(String path) throws IOException {
        return admin(gateway.adminAddress(), path);
    }

    static Response admin(InetSocketAddress address, String path) throws IOException {
        try (RawClient client = RawClient.connect(address)) {
            client.send(
                    "GET "
                            + path
                            + " HTTP/1.1\r\nHost: "
                            + hostOf(address)
                            + "\r\nConnection: close\r\n\r\n");
            return client.readResponse();
        }
    }

    private static String hostOf(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** Replaces the file and reloads; the result says whether the new generation is served. */
    public boolean reload(Setup setup) throws IOException {
        return reload(setup.yaml(directory));
    }

    /** Replaces the file and reloads; the result says whether the new generation is served. */
    public boolean reload(String yaml) throws IOException {
        Path next = directory.resolve("millrace.yaml.next");
        Files.writeString(next, yaml);
        Files.move(
                next,
                configFile,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
        return gateway.reload();
    }

    public Gateway gateway() {
        return gateway;
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        Directories.delete(directory);
    }
}
