package io.millrace.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One accepted connection in the hands of its script; owned by the script's virtual thread. */
public final class OriginConnection {
    private static final long PATIENCE_S = 20;

    private final ScriptedOrigin origin;
    private final SocketChannel channel;
    private final HttpReader reader;
    private final OutputStream out;
    private final int number;

    OriginConnection(ScriptedOrigin origin, SocketChannel channel, int number) {
        this.origin = origin;
        this.channel = channel;
        this.number = number;
        this.reader = new HttpReader(Channels.newInputStream(channel));
        this.out = Channels.newOutputStream(channel);
    }

    /** Counts the origin's connections from 0. */
    public int number() {
        return number;
    }

    /** Reads and records the next request with its body. */
    public Request readRequest() throws IOException {
        return origin.record(reader.readRequest());
    }

    /** Reads and records the next head; its body stays unread. */
    public Request readHead() throws IOException {
        return origin.record(reader.readRequestHead());
    }

    public HttpReader reader() {
        return reader;
    }

    public void send(String latin1) throws IOException {
        send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void send(byte[] bytes) throws IOException {
        send(bytes, 0, bytes.length);
    }

    public void send(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        origin.sent(length);
    }

    /** Sends a response of status 200 with a Content-Length. */
    public void reply(String body) throws IOException {
        send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Answers every request with that body until the gateway closes. */
    public void replyForever(String body) throws IOException {
        while (true) {
            readRequest();
            reply(body);
        }
    }

    /** Sends back whatever comes, up to the end. */
    public void echo() throws IOException {
        reader.copyToEnd(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        send(new byte[] {(byte) b});
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        send(bytes, offset, length);
                    }
                });
    }

    /** Waits for a step of the test. */
    public void await(CountDownLatch step) throws InterruptedException, TimeoutException {
        if (!step.await(PATIENCE_S, TimeUnit.SECONDS)) {
            throw new TimeoutException("the test never took the step that the origin waits for");
        }
    }

    /** Waits until the gateway has closed; what it sent meanwhile is dropped. */
    public void awaitEnd() {
        try {
            reader.readToEnd();
        } catch (IOException reset) {
            // An end as well.
        }
    }

    /** Whether its script goes on: one that reads ends as soon as either side has closed. */
    public boolean isOpen() {
        return origin.isOpen(channel);
    }

    public void finishSending() throws IOException {
        channel.shutdownOutput();
    }

    public void close() throws IOException {
        channel.close();
    }

    /** Leaves by a reset (TCP only). */
    public void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }
}
