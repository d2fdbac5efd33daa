package io.millrace.contract;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A port whose queue of connections is full, so that a further connect hangs; owned by the test's
 * thread.
 */
final class FullBacklog implements Closeable {
    private static final int MOST = 16;
    private static final int PATIENCE_MS = 200;

    private final ServerSocket server;
    private final List<Socket> fillers = new ArrayList<>();

    private FullBacklog(ServerSocket server) {
        this.server = server;
    }

    static FullBacklog open() throws IOException {
        FullBacklog full =
                new FullBacklog(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        for (int i = 0; i < MOST; i++) {
            Socket filler = new Socket();
            full.fillers.add(filler);
            try {
                filler.connect(full.server.getLocalSocketAddress(), PATIENCE_MS);
            } catch (SocketTimeoutException hangs) {
                return full;
            }
        }
        throw new IOException("the queue took " + MOST + " connections");
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Takes all that wait, and returns the one that comes next: it tries again once a second. */
    Socket makeRoom() throws IOException {
        // The last of the fillers is the one that hung.
        for (int i = 0; i < fillers.size() - 1; i++) {
            server.accept().close();
        }
        return server.accept();
    }

    @Override
    public void close() throws IOException {
        for (Socket filler : fillers) {
            filler.close();
        }
        server.close();
    }
}
