package io.millrace.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * An origin that shows what reaches it, and a configuration that puts the gateway before it; owned
 * by the main thread.
 */
public final class Demo implements AutoCloseable {
    private final Path directory;
    private final HttpServer origin;

    private Demo(Path directory, HttpServer origin) {
        this.directory = directory;
        this.origin = origin;
    }

    /** Starts the origin on a port of the kernel's choice and writes the configuration. */
    public static Demo prepare() throws IOException {
        HttpServer origin =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        origin.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        origin.createContext("/", Demo::answer);
        origin.start();
        Path directory = Files.createTempDirectory("millrace-demo");
        Demo demo = new Demo(directory, origin);
        Files.writeString(
                demo.configFile(),
                configuration(directory.resolve("state"), origin.getAddress().getPort()));
        Runtime.getRuntime().addShutdownHook(new Thread(demo::removeFiles, "demo-clean-up"));
        return demo;
    }

    private static String configuration(Path state, int originPort) {
        return """
        # The demo: everything goes to the embedded origin, and /hello is answered by the gateway itself.
        server: {stateDirectory: "%s", drainTimeout: 5s}
        listeners:
          http: {bind: 127.0.0.1:8080}
        upstreams:
          demo: {endpoints: ["127.0.0.1:%d"]}
        routes:
          - {name: hello, path: /hello, respond: {status: 200, body: "hi\\n", contentType: text/plain}}
          - {name: all, path: /*, upstream: demo}
        """
                .formatted(state, originPort);
    }

    /** The configuration to run. */
    public Path configFile() {
        return directory.resolve("millrace.yaml");
    }

    private static void answer(HttpExchange exchange) throws IOException {
        StringBuilder text = new StringBuilder("Millrace works. The origin received:\n\n");
        text.append(exchange.getRequestMethod())
                .append(' ')
                .append(exchange.getRequestURI())
                .append('\n');
        new TreeMap<>(exchange.getRequestHeaders())
                .forEach((name, values) -> append(text, name, values));
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            boolean head = "HEAD".equals(exchange.getRequestMethod());
            exchange.sendResponseHeaders(200, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static void append(StringBuilder text, String name, List<String> values) {
        values.forEach(value -> text.append(name).append(": ").append(value).append('\n'));
    }

    private void removeFiles() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // A temporary directory that stays is the system's to clean.
            return;
        }
    }

    @Override
    public void close() {
        origin.stop(0);
        removeFiles();
    }
}
