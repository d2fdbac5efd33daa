package io.millrace.sni;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds ClientHellos byte by byte, right or wrong; owned by the test's thread. */
final class HelloBytes {
    private final List<byte[]> extensions = new ArrayList<>();
    private byte[] sessionId = new byte[32];

    static HelloBytes of(String serverName, String... protocols) {
        HelloBytes hello = new HelloBytes().extension(43, bytes(2, 3, 4)).serverName(serverName);
        return protocols.length == 0 ? hello : hello.protocols(protocols);
    }

    HelloBytes extension(int type, byte[] data) {
        extensions.add(join(u16(type), u16(data.length), data));
        return this;
    }

    HelloBytes serverName(String name) {
        byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
        return extension(0, join(u16(text.length + 3), bytes(0), u16(text.length), text));
    }

    HelloBytes protocols(String... names) {
        byte[] list = new byte[0];
        for (String name : names) {
            byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
            list = join(list, bytes(text.length), text);
        }
        return extension(16, join(u16(list.length), list));
    }

    HelloBytes sessionId(int length) {
        sessionId = new byte[length];
        return this;
    }

    HelloBytes padding(int length) {
        return extension(21, new byte[length]);
    }

    /** The handshake message. */
    byte[] message() {
        byte[] all = join(extensions.toArray(byte[][]::new));
        return message(join(fixedPart(), extensions.isEmpty() ? all : join(u16(all.length), all)));
    }

    /** The message's body up to its extensions. */
    byte[] fixedPart() {
        return join(
                bytes(3, 3),
                new byte[32],
                bytes(sessionId.length),
                sessionId,
                u16(4),
                bytes(0x13, 1, 0x13, 2),
                bytes(1, 0));
    }

    static byte[] message(byte[] body) {
        return join(bytes(1, body.length >> 16), u16(body.length & 0xffff), body);
    }

    /** The message in one record. */
    byte[] record() {
        return record(message());
    }

    static byte[] record(byte[] fragment) {
        return join(bytes(22, 3, 1), u16(fragment.length), fragment);
    }

    /** The message in records of at most so many bytes. */
    byte[] records(int fragmentBytes) {
        byte[] message = message();
        byte[] all = new byte[0];
        for (int at = 0; at < message.length; at += fragmentBytes) {
            int length = Math.min(fragmentBytes, message.length - at);
            byte[] fragment = new byte[length];
            System.arraycopy(message, at, fragment, 0, length);
            all = join(all, record(fragment));
        }
        return all;
    }

    static byte[] u16(int value) {
        return bytes(value >> 8, value);
    }

    static byte[] bytes(int... values) {
        byte[] all = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            all[i] = (byte) values[i];
        }
        return all;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
