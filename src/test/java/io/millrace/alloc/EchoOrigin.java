package io.millrace.alloc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An origin that answers every bodyless request with 128 bytes; safe from any thread. */
final class EchoOrigin implements AutoCloseable {
    private static final byte[] ANSWER =
            ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n"
                            + "x".repeat(128))
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server;

    private EchoOrigin(ServerSocket server) {
        this.server = server;
    }

    static EchoOrigin start() throws IOException {
        EchoOrigin origin =
                new EchoOrigin(new ServerSocket(0, 128, InetAddress.getLoopbackAddress()));
        Thread.ofPlatform().daemon().name("echo-origin").start(origin::accept);
        return origin;
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().name("echo-origin").start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static void serve(Socket socket) {
        byte[] in = new byte[64 * 1024];
        byte[] out = new byte[0];
        HeadCounter counter = new HeadCounter();
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream input = socket.getInputStream();
            OutputStream output = socket.getOutputStream();
            int n;
            while ((n = input.read(in)) >= 0) {
                int heads = counter.count(in, n);
                if (out.length < heads * ANSWER.length) {
                    out = repeated(heads);
                }
                output.write(out, 0, heads * ANSWER.length);
            }
        } catch (IOException closed) {
            // The gateway or the test is over.
        }
    }

    private static byte[] repeated(int times) {
        byte[] out = new byte[times * ANSWER.length];
        for (int i = 0; i < times; i++) {
            System.arraycopy(ANSWER, 0, out, i * ANSWER.length, ANSWER.length);
        }
        return out;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
