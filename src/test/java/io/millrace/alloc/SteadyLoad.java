package io.millrace.alloc;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A few clients that send the same request over kept connections; owned by the test's thread. */
final class SteadyLoad implements Closeable {
    private static final int CLIENTS = 32;
    private static final int BATCH = 1;
    private static final byte[] REQUESTS =
            "GET /steady HTTP/1.1\r\nHost: localhost\r\nUser-Agent: steady\r\n\r\n"
                    .repeat(BATCH)
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);
    private static final int PATIENCE_MS = 20_000;

    private final List<Socket> sockets = new ArrayList<>();

    private SteadyLoad() {}

    static SteadyLoad connect(InetSocketAddress address) throws IOException {
        SteadyLoad load = new SteadyLoad();
        for (int i = 0; i < CLIENTS; i++) {
            Socket socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MS);
            socket.connect(address, PATIENCE_MS);
            load.sockets.add(socket);
        }
        return load;
    }

    /** Sends that many requests in all and returns when the last one is answered. */
    void run(int requests) {
        Executor threads = task -> Thread.ofPlatform().daemon().start(task);
        CompletableFuture<?>[] clients =
                sockets.stream()
                        .map(socket ->
                                CompletableFuture.runAsync(
                                        () -> ask(socket, requests / CLIENTS), threads))
                        .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(clients).join();
    }

    private static void ask(Socket socket, int requests) {
        byte[] in = new byte[64 * 1024];
        HeadCounter counter = new HeadCounter();
        try {
            InputStream input = socket.getInputStream();
            for (int sent = 0; sent < requests; sent += BATCH) {
                socket.getOutputStream().write(REQUESTS);
                int left = BATCH;
                while (left > 0) {
                    int n = input.read(in);
                    if (n < 0) {
                        throw new IOException("the gateway closed the connection");
                    }
                    checkStatus(in, left == BATCH);
                    left -= counter.count(in, n);
                }
                // What remains of the last body is counted with the next batch, and holds no head.
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void checkStatus(byte[] in, boolean first) {
        boolean begins = in[0] == OK[0] && in[1] == OK[1] && in[2] == OK[2];
        boolean ok = !begins || java.util.Arrays.equals(in, 0, OK.length, OK, 0, OK.length);
        if (first && !ok) {
            throw new IllegalStateException(new String(in, 0, 400, StandardCharsets.ISO_8859_1));
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
