package io.millrace.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An origin whose connections follow scripts; safe from any thread, each script has its own virtual
 * one.
 *
 * <p>A script that ends closes its connection. A failed assertion in a script fails {@link
 * #close()}.
 */
public final class ScriptedOrigin implements AutoCloseable {
    /** What one connection does; owned by that connection's virtual thread. */
    @FunctionalInterface
    public interface Script {
        void run(OriginConnection connection) throws Exception;
    }

    private final ServerSocketChannel server;
    private final String address;
    private final List<Script> scripts;
    private final BlockingQueue<Request> unclaimed = new LinkedBlockingQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService running = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong sentBytes = new AtomicLong();

    private ScriptedOrigin(ServerSocketChannel server, List<Script> scripts) throws IOException {
        this.server = server;
        this.address = written(server);
        this.scripts = scripts;
    }

    /**
     * Listens on the loopback; the n-th connection follows the n-th script, later ones the last.
     */
    public static ScriptedOrigin start(Script... scripts) throws IOException {
        return startOn("127.0.0.1", scripts);
    }

    /** Answers everything with that body. */
    public static ScriptedOrigin answering(String body) throws IOException {
        return start(connection -> connection.replyForever(body));
    }

    /** Listens on a port that the kernel chooses. */
    public static ScriptedOrigin startOn(String host, Script... scripts) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        server.bind(new InetSocketAddress(InetAddress.getByName(host), 0), 4096);
        return listening(server, scripts);
    }

    /** Listens on a stream socket in the file system. */
    public static ScriptedOrigin startOnUnix(Path path, Script... scripts) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        return listening(server, scripts);
    }

    private static ScriptedOrigin listening(ServerSocketChannel server, Script... scripts)
            throws IOException {
        ScriptedOrigin origin = new ScriptedOrigin(server, List.of(scripts));
        Thread.ofVirtual().name("origin").start(origin::accept);
        return origin;
    }

    private void accept() {
        while (true) {
            SocketChannel channel;
            try {
                channel = server.accept();
            } catch (IOException closed) {
                return;
            }
            open.add(channel);
            if (running.isShutdown()) {
                return;
            }
            int number = accepted.getAndIncrement();
            Script script = scripts.get(Math.min(number, scripts.size() - 1));
            running.execute(() -> run(script, channel, number));
        }
    }

    private void run(Script script, SocketChannel channel, int number) {
        try (channel) {
            if (channel.getLocalAddress() instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            script.run(new OriginConnection(this, channel, number));
        } catch (IncompleteMessageException | ClosedChannelException gone) {
            // The gateway or the test has closed: how connections usually end.
        } catch (IOException reset) {
            // The gateway aborted; tests assert on what they saw of it.
        } catch (InterruptedException ended) {
            // The test is over and does not need the script's remaining steps.
        } catch (Exception | AssertionError failure) {
            failures.add(failure);
        } finally {
            open.remove(channel);
        }
    }

    Request record(Request request) {
        requests.add(request);
        unclaimed.add(request);
        return request;
    }

    void sent(int bytes) {
        sentBytes.addAndGet(bytes);
    }

    /** The endpoint as written in the configuration. */
    public String address() {
        return address;
    }

    private static String written(ServerSocketChannel server) throws IOException {
        if (server.getLocalAddress() instanceof InetSocketAddress inet) {
            String host = inet.getAddress().getHostAddress();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return "unix:" + server.getLocalAddress();
    }

    /** The next request that no earlier call has returned; waits for it. */
    public Request takeRequest() throws InterruptedException {
        Request request = unclaimed.poll(10, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("the origin received no further request");
        }
        return request;
    }

    /** All requests so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** How many connections were accepted so far. */
    public int acceptedConnections() {
        return accepted.get();
    }

    /** How many accepted connections are open now. */
    public int openConnections() {
        return open.size();
    }

    boolean isOpen(SocketChannel channel) {
        return open.contains(channel);
    }

    /** How many bytes the kernel has taken from the scripts. */
    public long sentBytes() {
        return sentBytes.get();
    }

    /** Stops listening, so that connects are refused from now on; open connections stay. */
    public void stopListening() throws IOException {
        server.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel channel : open) {
            channel.close();
        }
        running.shutdownNow();
        running.close();
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError("an origin's script failed");
            failures.forEach(error::addSuppressed);
            throw error;
        }
    }
}
