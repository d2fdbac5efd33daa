package io.millrace.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers A and AAAA questions over UDP on a port of the kernel's choice. */
final class TinyDnsServer implements AutoCloseable {
    /** What a name is, and for how long. */
    record Answer(int ttl, List<InetAddress> addresses) {}

    private static final int SERVER_FAILURE = 2;
    private static final int NO_SUCH_NAME = 3;

    private final DatagramSocket socket;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile boolean failing;
    private volatile boolean silent;

    TinyDnsServer() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::run);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }

    void answer(String name, int ttl, InetAddress... addresses) {
        answers.put(name, new Answer(ttl, List.of(addresses)));
    }

    void fail(boolean now) {
        failing = now;
    }

    void silence(boolean now) {
        silent = now;
    }

    int questions() {
        return questions.get();
    }

    @Override
    public void close() {
        socket.close();
    }

    private void run() {
        byte[] buffer = new byte[512];
        while (true) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                questions.incrementAndGet();
                if (silent) {
                    continue;
                }
                byte[] reply = reply(packet.getData());
                socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            } catch (SocketException _) {
                return;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private byte[] reply(byte[] query) {
        StringBuilder name = new StringBuilder();
        int at = 12;
        while (query[at] != 0) {
            name.append(name.isEmpty() ? "" : ".");
            name.append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
            at += query[at] + 1;
        }
        int size = query[at + 2] == 1 ? 4 : 16;
        Answer answer = answers.get(name.toString());
        List<InetAddress> found =
                answer == null || failing
                        ? List.of()
                        : answer.addresses().stream()
                                .filter(a -> a.getAddress().length == size)
                                .toList();
        int code = failing ? SERVER_FAILURE : answer == null ? NO_SUCH_NAME : 0;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(query, 0, 2);
        write(out, 0x81, 0x80 | code, 0, 1, 0, found.size(), 0, 0, 0, 0);
        out.write(query, 12, at + 5 - 12);
        for (InetAddress address : found) {
            write(out, 0xC0, 12, 0, size == 4 ? 1 : 28, 0, 1, 0, 0);
            write(out, answer.ttl() >> 8, answer.ttl(), 0, size);
            out.writeBytes(address.getAddress());
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
    }
}
