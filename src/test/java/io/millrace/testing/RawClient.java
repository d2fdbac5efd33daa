package io.millrace.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A client that sends bytes as they are and reads strictly; owned by the test's thread. */
public final class RawClient implements Closeable {
    private static final int PATIENCE_MS = 5_000;

    private final Socket socket;
    private final HttpReader reader;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.reader = new HttpReader(socket.getInputStream());
    }

    public static RawClient connect(InetSocketAddress address) throws IOException {
        return connect(address, 0);
    }

    /** Connects with a receive buffer of about that many bytes; 0 leaves it to the kernel. */
    public static RawClient connect(InetSocketAddress address, int receiveBuffer)
            throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MS);
        socket.connect(address, PATIENCE_MS);
        return new RawClient(socket);
    }

    public RawClient send(String latin1) throws IOException {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) throws IOException {
        return send(bytes, 0, bytes.length);
    }

    public RawClient send(byte[] bytes, int offset, int length) throws IOException {
        socket.getOutputStream().write(bytes, offset, length);
        return this;
    }

    /** Sends a bodyless request of HTTP/1.1 with a Host and nothing else. */
    public RawClient get(String target) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    public Response readResponse() throws IOException {
        return reader.readResponse();
    }

    public Response readResponse(String method) throws IOException {
        return reader.readResponse(method);
    }

    public HttpReader reader() {
        return reader;
    }

    /** Ends the sending direction and leaves the other open. */
    public void finishSending() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves by a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Waits for the orderly end and fails on any further byte. */
    public void expectClose() throws IOException {
        int next = reader.readByte();
        if (next >= 0) {
            throw new AssertionError("expected the end, got byte " + next);
        }
    }

    /** Waits for the end, orderly or not, and fails on any further byte. */
    public void expectEnd() throws IOException {
        try {
            expectClose();
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException reset) {
            // An end as well.
        }
    }

    /** Reads whatever comes until the end, orderly or not. */
    public void drain() throws IOException {
        try {
            while (reader.readByte() >= 0) {
                // only the end counts
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException reset) {
            // An end as well.
        }
    }

    /** Waits for a reset and fails on an orderly end. */
    public void expectReset() throws IOException {
        try {
            int next = reader.readByte();
            throw new AssertionError("expected a reset, got " + (next < 0 ? "an end" : next));
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException reset) {
            // As expected.
        }
    }

    /** Sends something; whether that fails, for the other side has closed. */
    public boolean isRefused() {
        try {
            send("more");
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Sends a little again and again, until nobody takes it. */
    public void sendOnAndOn() {
        Thread.ofVirtual()
                .start(() -> {
                    while (!isRefused()) {
                        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                    }
                });
    }

    /** Reads so much at a time, with so long between, until it has that much, or the end. */
    public void readSlowly(int bytes, Duration pause, long length, OutputStream to)
            throws IOException {
        byte[] part = new byte[bytes];
        int read = 0;
        for (long left = length; left > 0 && read >= 0; left -= read) {
            to.write(part, 0, read);
            LockSupport.parkNanos(pause.toNanos());
            read = socket.getInputStream().read(part);
        }
        to.write(part, 0, Math.max(0, read));
    }

    /** Whether nothing, not even an end, arrives for that long. */
    public boolean staysSilentFor(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            reader.readByte();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(PATIENCE_MS);
        }
    }

    public int localPort() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
