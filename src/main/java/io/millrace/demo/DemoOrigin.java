package io.millrace.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An origin that answers with the request it received; runs on virtual threads of its own.
 *
 * <p>It shows what an origin behind the gateway sees, the forwarding fields above all.
 */
public final class DemoOrigin implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads;

    private DemoOrigin(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** Listens on a free port of the loopback address. */
    public static DemoOrigin start() throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpServer server = HttpServer.create(anyPort, 0);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", DemoOrigin::echo);
        server.start();
        return new DemoOrigin(server, threads);
    }

    /** Where it listens. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void echo(HttpExchange exchange) throws IOException {
        try (exchange) {
            long received = drain(exchange);
            byte[] body = describe(exchange, received).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static long drain(HttpExchange exchange) throws IOException {
        byte[] buffer = new byte[8192];
        long total = 0;
        int length = exchange.getRequestBody().read(buffer);
        while (length >= 0) {
            total += length;
            length = exchange.getRequestBody().read(buffer);
        }
        return total;
    }

    private static String describe(HttpExchange exchange, long received) {
        StringBuilder text =
                new StringBuilder("This is the demo origin behind Millrace. It was asked:\n\n");
        text.append(exchange.getRequestMethod())
                .append(' ')
                .append(exchange.getRequestURI())
                .append('\n');
        new TreeMap<>(exchange.getRequestHeaders())
                .forEach((name, values) ->
                        values.forEach(value ->
                                text.append(name).append(": ").append(value).append('\n')));
        if (received > 0) {
            text.append('\n').append(received).append(" bytes of body\n");
        }
        return text.toString();
    }
}
