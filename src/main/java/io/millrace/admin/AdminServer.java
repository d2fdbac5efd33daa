package io.millrace.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.config.SocketSpec;
import io.millrace.observe.MetricsReader;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin listener: the JDK's HTTP server, a thread per request; safe from any thread, never on a
 * shard.
 */
@OwnedBy(Role.ANY)
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 64;

    /** Limits of the JDK's server, which takes them from nowhere else; what the user set stays. */
    private static final Map<String, String> LIMITS =
            Map.of(
                    "sun.net.httpserver.maxReqTime", "10",
                    "sun.net.httpserver.maxRspTime", "60",
                    "sun.net.httpserver.idleInterval", "30",
                    "sun.net.httpserver.maxReqHeaders", "100",
                    "jdk.httpserver.maxConnections", "256");

    static {
        for (Map.Entry<String, String> limit : LIMITS.entrySet()) {
            if (System.getProperty(limit.getKey()) == null) {
                System.setProperty(limit.getKey(), limit.getValue());
            }
        }
    }

    private final HttpServer server;

    /**
     * No more than connections. Not virtual ones, on which the JDK's writers begin with a small
     * buffer and grow it one character at a time: 8.8 KB of metrics cost 4.7 MB of garbage.
     */
    private final ExecutorService threads =
            Executors.newCachedThreadPool(Thread.ofPlatform().name("admin-", 0).daemon().factory());

    private final AdminPages pages;

    private AdminServer(HttpServer server, AdminPages pages) {
        this.server = server;
        this.pages = pages;
    }

    /**
     * Binds and begins to answer.
     *
     * @throws IllegalArgumentException for a Unix socket, which the JDK's server cannot bind
     * @throws IOException when the address cannot be bound
     */
    public static AdminServer start(SocketSpec bind, AdminView view, MetricsReader metrics)
            throws IOException {
        HttpServer http = HttpServer.create(addressOf(bind), BACKLOG);
        AdminServer server = new AdminServer(http, new AdminPages(view, metrics));
        http.setExecutor(server.threads);
        http.createContext("/", server::handle);
        http.start();
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Stops at once. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static InetSocketAddress addressOf(SocketSpec bind) throws IOException {
        return switch (bind) {
            case SocketSpec.Tcp tcp ->
                    new InetSocketAddress(InetAddress.getByName(tcp.host()), tcp.port());
            case SocketSpec.Unix unix ->
                    throw new IllegalArgumentException(
                            "admin.bind: unix:"
                                    + unix.path()
                                    + " cannot be bound, the admin listener needs a TCP address");
        };
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange));
        }
    }

    private Answer answer(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (!HostCheck.allows(server.getAddress().getAddress(), host)) {
            return pages.error(403, "host_not_allowed", "use an address or localhost as the host");
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return pages.error(405, "method_not_allowed", "only GET and HEAD are answered");
        }
        try {
            String path = String.valueOf(exchange.getRequestURI().getPath());
            return pages.answer(path, exchange.getRequestHeaders().getFirst("Accept"));
        } catch (RuntimeException e) {
            LOG.error("admin: {} failed", exchange.getRequestURI(), e);
            return pages.error(500, "internal_error", "see the log");
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders()
                    .set("Content-Length", Integer.toString(answer.body().length));
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), answer.body().length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer.body());
        }
    }
}
