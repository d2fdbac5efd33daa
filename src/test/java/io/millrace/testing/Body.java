package io.millrace.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A large pseudo-random body that is produced in parts and never held whole; immutable, safe from
 * any thread.
 */
public final class Body {
    private static final int PART = 64 * 1024;

    private final byte[] part;
    private final long length;
    private final String hex;

    private Body(byte[] part, long length) {
        this.part = part;
        this.length = length;
        Digest digest = new Digest();
        byte[] stamped = part.clone();
        for (long left = length; left > 0; left -= PART) {
            stamp(stamped, left);
            digest.write(stamped, 0, (int) Math.min(left, PART));
        }
        this.hex = digest.hex();
    }

    /** A body of that many bytes; the same seed makes the same one. */
    public static Body random(long seed, long length) {
        byte[] part = new byte[PART];
        new Random(seed).nextBytes(part);
        return new Body(part, length);
    }

    public long length() {
        return length;
    }

    /** The digest of the whole body. */
    public String hex() {
        return hex;
    }

    /** Answers with this body. */
    public void respondTo(OriginConnection connection, boolean chunked) throws IOException {
        connection.send("HTTP/1.1 200 OK\r\n" + framing(chunked));
        write(connection::send, chunked, new AtomicLong());
    }

    /** Sends nothing but this body. */
    public void sendTo(OriginConnection connection) throws IOException {
        write(connection::send, false, new AtomicLong());
    }

    /** Sends nothing but this body from another thread, and then ends the sending direction. */
    public Sending streamInBackground(RawClient client) {
        AtomicLong sent = new AtomicLong();
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                write(client::send, false, sent);
                                client.finishSending();
                            } catch (IOException closed) {
                                // The test sees it by what it reads.
                            }
                        });
        return new Sending(thread, sent);
    }

    /** Sends a POST with this body. */
    public void sendAsRequest(RawClient client, boolean chunked) throws IOException {
        send(client, chunked, new AtomicLong());
    }

    /** Sends a POST with this body from another thread. */
    public Sending sendInBackground(RawClient client) {
        AtomicLong sent = new AtomicLong();
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                send(client, false, sent);
                            } catch (IOException closed) {
                                // The test sees it by what it reads.
                            }
                        });
        return new Sending(thread, sent);
    }

    private void send(RawClient client, boolean chunked, AtomicLong sent) throws IOException {
        client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing(chunked));
        write(client::send, chunked, sent);
    }

    private String framing(boolean chunked) {
        return chunked
                ? "Transfer-Encoding: chunked\r\n\r\n"
                : "Content-Length: " + length + "\r\n\r\n";
    }

    private void write(Sink sink, boolean chunked, AtomicLong sent) throws IOException {
        byte[] stamped = part.clone();
        for (long left = length; left > 0; left -= PART) {
            stamp(stamped, left);
            int n = (int) Math.min(left, PART);
            if (chunked) {
                ascii(sink, Integer.toHexString(n) + "\r\n");
            }
            sink.write(stamped, 0, n);
            sent.addAndGet(n);
            if (chunked) {
                ascii(sink, "\r\n");
            }
        }
        if (chunked) {
            ascii(sink, "0\r\n\r\n");
        }
    }

    /** Makes every part differ, so that parts in the wrong order do not go unseen. */
    private static void stamp(byte[] bytes, long left) {
        ByteBuffer.wrap(bytes).putLong(0, left);
    }

    private static void ascii(Sink sink, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        sink.write(bytes, 0, bytes.length);
    }

    /** Where parts go; owned by the thread that sends. */
    @FunctionalInterface
    private interface Sink {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    /** A body on its way; safe from any thread. */
    public record Sending(Thread thread, AtomicLong sent) {
        public long sentBytes() {
            return sent.get();
        }

        public void join() throws InterruptedException {
            thread.join(10_000);
        }
    }

    /** Digests what is written to it; owned by the thread that writes. */
    public static final class Digest extends OutputStream {
        private final MessageDigest digest;

        public Digest() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void write(int b) {
            digest.update((byte) b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
        }

        /** The digest of all that was written. */
        public String hex() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
