package io.millrace.http.h1;

import io.millrace.http.HeadError;
import io.millrace.http.HeadLimits;
import io.millrace.http.RequestHead;
import io.millrace.http.ResponseHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts text on the wire for the parsers: off the heap, in memory that ends where the text does;
 * owned by one test.
 */
final class Wire {
    private final ByteBuffer memory;
    private final UnsafeBuffer bytes;

    private Wire(byte[] content) {
        memory = ByteBuffer.allocateDirect(Math.max(1, content.length));
        bytes = new UnsafeBuffer(memory, 0, content.length);
        bytes.putBytes(0, content);
    }

    static Wire of(String text) {
        return new Wire(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static Wire of(byte[] content) {
        return new Wire(content);
    }

    UnsafeBuffer bytes() {
        return bytes;
    }

    int length() {
        return bytes.capacity();
    }

    int request(int length, HeadLimits limits, RequestHead head) {
        return RequestParser.parse(bytes.addressOffset(), length, limits, head);
    }

    int response(int length, HeadLimits limits, ResponseHead head) {
        return ResponseParser.parse(bytes.addressOffset(), length, limits, head);
    }

    /** A complete and valid request head. */
    static RequestHead request(String text) {
        RequestHead head = new RequestHead(100);
        Wire wire = of(text);
        int result = wire.request(wire.length(), HeadLimits.DEFAULT, head);
        if (result <= 0) {
            throw new AssertionError(text + " gave " + describe(result));
        }
        // The head looks into this memory for as long as the test does.
        head.bytes.wrap(wire.memory, 0, wire.length());
        return head;
    }

    /** A complete and valid response head. */
    static ResponseHead response(String text) {
        ResponseHead head = new ResponseHead(100);
        Wire wire = of(text);
        int result = wire.response(wire.length(), HeadLimits.DEFAULT, head);
        if (result <= 0) {
            throw new AssertionError(text + " gave " + describe(result));
        }
        head.bytes.wrap(wire.memory, 0, wire.length());
        return head;
    }

    /** What parsing a request gives, in words. */
    static String outcome(String text) {
        Wire wire = of(text);
        return describe(wire.request(wire.length(), HeadLimits.DEFAULT, new RequestHead(100)));
    }

    /** What parsing a response gives, in words. */
    static String responseOutcome(String text) {
        Wire wire = of(text);
        return describe(wire.response(wire.length(), HeadLimits.DEFAULT, new ResponseHead(100)));
    }

    static String describe(int result) {
        if (result < 0) {
            return HeadError.ofResult(result).name();
        }
        return result == 0 ? "incomplete" : "complete";
    }

    static String text(DirectBuffer bytes, int offset, int length) {
        byte[] copy = new byte[length];
        bytes.getBytes(offset, copy);
        return new String(copy, StandardCharsets.ISO_8859_1);
    }

    static String name(RequestHead head, int field) {
        return text(head.bytes, head.headers.nameOffset(field), head.headers.nameLength(field));
    }

    static String value(RequestHead head, int field) {
        return text(head.bytes, head.headers.valueOffset(field), head.headers.valueLength(field));
    }
}
