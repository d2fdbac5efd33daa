package io.millrace.proxy;

import io.millrace.bytes.ByteWriter;
import io.millrace.encode.ResponseEncoder.Persistence;
import io.millrace.http.MethodId;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.route.RouteTable;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers that the proxy gives itself: errors in one uniform form, and fixed answers;
 * owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class LocalReply {
    /** Bytes that suffice for every error reply. */
    private static final int ERROR_CAPACITY = 1024;

    /** Bytes that suffice for the head of a fixed answer, its content type excluded. */
    private static final int RESPOND_CAPACITY = 256;

    /** Longest fixed answer that is kept as it was sent. */
    private static final int MAXIMUM_KEPT_BYTES = 4096;

    /**
     * Fixed answers that are kept, by the last bits of their routes' numbers: 1 MiB at the most.
     */
    private static final int MAXIMUM_KEPT = 256;

    /** In place of a route: the answer to an OPTIONS that ends here. */
    static final int OPTIONS = -1;

    /** Why a TRACE that ends here gets no answer of its own. */
    static final byte[] NO_TRACE = ascii("TRACE is forwarded, not answered");

    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] CRLF = ascii("\r\n");
    private static final byte[] TYPE = ascii("Content-Type: ");
    private static final byte[] JSON_TYPE = ascii("Content-Type: application/json\r\n");
    private static final byte[] TEXT_TYPE = ascii("Content-Type: text/plain; charset=utf-8\r\n");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] UNSATISFIED = ascii("Content-Range: bytes */");
    private static final byte[] ALLOW = ascii("Allow: ");
    private static final byte[] RETRY_AFTER = ascii("Retry-After: 1\r\n");
    private static final byte[] JSON_ERROR = ascii("{\"error\":\"");
    private static final byte[] JSON_STATUS = ascii("\",\"status\":");
    private static final byte[] JSON_MESSAGE = ascii(",\"message\":\"");
    private static final byte[] JSON_ID = ascii("\",\"requestId\":\"");
    private static final byte[] JSON_END = ascii("\"}\n");
    private static final byte[] TEXT_ID = ascii("\nrequest id: ");
    private static final byte[] TEXT_NAME = ascii(": ");
    private static final byte[] LF = ascii("\n");
    private static final byte[][] LABELS = new byte[Outcome.values().length][];
    private static final byte[][] MESSAGES = new byte[Outcome.values().length][];
    private static final byte[][] REASONS = new byte[600][];
    private static final byte[][] METHODS = new byte[MethodId.COUNT][];

    private static final int FORWARDED_METHODS =
            (1 << MethodId.COUNT) - 1 & ~(1 << MethodId.OTHER | 1 << MethodId.CONNECT);

    static {
        for (Outcome outcome : Outcome.values()) {
            LABELS[outcome.ordinal()] = ascii(outcome.label());
            MESSAGES[outcome.ordinal()] = ascii(ErrorText.message(outcome));
        }
        for (int status = 0; status < REASONS.length; status++) {
            REASONS[status] = ascii(ErrorText.reason(status));
        }
        for (int method = 0; method < METHODS.length; method++) {
            METHODS[method] = ascii(MethodId.name(method));
        }
    }

    private final ByteWriter out = new ByteWriter();
    private final ByteWriter bodyOut = new ByteWriter();
    private final @Nullable FixedAnswer[] fixed = new FixedAnswer[MAXIMUM_KEPT];
    private final UnsafeBuffer body =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(ERROR_CAPACITY, Long.BYTES));

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends an error, or what a filter answers. */
    void error(ErrorReply reply, ClientResponse to, byte[] dateLine) {
        Outcome outcome = reply.outcome;
        int status = reply.status();
        byte[] own = reply.body;
        int bodyLength = own == null ? errorBody(reply) : own.length;
        int typeLength = reply.contentType == null ? 0 : reply.contentType.length;
        ByteBuf buffer = to.room(ERROR_CAPACITY + to.editsLength() + bodyLength + typeLength);
        begin(buffer);
        statusLine(status);
        out.put(dateLine);
        if (status != 204) {
            if (own == null) {
                out.put(reply.json ? JSON_TYPE : TEXT_TYPE);
            } else if (reply.contentType != null) {
                out.put(TYPE);
                out.put(reply.contentType);
                out.put(CRLF);
            }
            out.put(LENGTH);
            out.putDecimal(bodyLength);
            out.put(CRLF);
        }
        particulars(reply, outcome);
        out.put(reply.persistence.line());
        endHead(buffer, to);
        if (!reply.headRequest && status != 204) {
            if (own == null) {
                out.put(body, 0, bodyLength);
            } else {
                out.put(own);
            }
        }
        end(buffer, to);
    }

    private void particulars(ErrorReply reply, Outcome outcome) {
        if (outcome == Outcome.METHOD_NOT_ALLOWED) {
            allow(reply.allowedMethods);
        }
        if (outcome == Outcome.RANGE_NOT_SATISFIABLE) {
            out.put(UNSATISFIED);
            out.putDecimal(reply.unsatisfiedLength);
            out.put(CRLF);
        }
        if (outcome.status() == 503) {
            out.put(RETRY_AFTER);
        }
    }

    private int errorBody(ErrorReply reply) {
        Outcome outcome = reply.outcome;
        byte[] label = LABELS[outcome.ordinal()];
        byte[] message = reply.message.length > 0 ? reply.message : MESSAGES[outcome.ordinal()];
        bodyOut.wrap(body.addressOffset(), ERROR_CAPACITY);
        if (reply.json) {
            bodyOut.put(JSON_ERROR);
            bodyOut.put(label);
            bodyOut.put(JSON_STATUS);
            bodyOut.putDecimal(reply.status());
            bodyOut.put(JSON_MESSAGE);
            bodyOut.put(message);
            bodyOut.put(JSON_ID);
            reply.id.write(bodyOut);
            bodyOut.put(JSON_END);
        } else {
            bodyOut.putDecimal(reply.status());
            bodyOut.put((byte) ' ');
            bodyOut.put(label);
            bodyOut.put(TEXT_NAME);
            bodyOut.put(message);
            bodyOut.put(TEXT_ID);
            reply.id.write(bodyOut);
            bodyOut.put(LF);
        }
        return bodyOut.position();
    }

    /**
     * Sends a route's fixed answer, its body out of the route image; or that to {@link #OPTIONS}.
     */
    void respond(
            RouteTable routes, int route, ErrorReply reply, ClientResponse to, byte[] dateLine) {
        if (route == OPTIONS) {
            options(reply, to, dateLine);
            return;
        }
        boolean usual =
                reply.persistence == Persistence.KEEP && !reply.headRequest && to.edits() == null;
        int slot = route & MAXIMUM_KEPT - 1;
        FixedAnswer known = fixed[slot];
        if (usual && known != null && known.route == route) {
            repeat(known, to, dateLine);
            return;
        }
        int status = routes.respondStatus(route);
        int typeLength = routes.contentTypeLength(route);
        int bodyLength = routes.respondBodyLength(route);
        ByteBuf buffer = to.room(RESPOND_CAPACITY + typeLength + bodyLength + to.editsLength());
        begin(buffer);
        statusLine(status);
        int dateOffset = out.position();
        out.put(dateLine);
        boolean bodiless = status == 204 || status == 304;
        if (typeLength > 0 && !bodiless) {
            out.put(TYPE);
            out.put(routes.image(), routes.contentTypeOffset(route), typeLength);
            out.put(CRLF);
        }
        if (!bodiless) {
            out.put(LENGTH);
            out.putDecimal(bodyLength);
            out.put(CRLF);
        }
        out.put(reply.persistence.line());
        endHead(buffer, to);
        if (!reply.headRequest && !bodiless) {
            out.put(routes.image(), routes.respondBodyOffset(route), bodyLength);
        }
        // Who came first stays, so that many routes make no garbage.
        if (usual && known == null && out.position() <= MAXIMUM_KEPT_BYTES) {
            fixed[slot] = new FixedAnswer(route, buffer, out.position(), dateOffset, dateLine);
        }
        end(buffer, to);
    }

    private void repeat(FixedAnswer known, ClientResponse to, byte[] dateLine) {
        known.setDate(dateLine);
        ByteBuf buffer = to.room(known.bytes.length);
        begin(buffer);
        out.put(known.bytes);
        end(buffer, to);
    }

    /** Another generation: what a route number stands for changes with it. */
    void forgetFixed() {
        Arrays.fill(fixed, null);
    }

    /**
     * A fixed answer as it is sent to most: made once, and copied as a whole; owned by one shard.
     */
    private static final class FixedAnswer {
        final int route;
        final byte[] bytes;
        private final int dateOffset;
        private byte[] dateLine;

        /** Takes over what stands behind a buffer's writer index. */
        FixedAnswer(int route, ByteBuf from, int length, int dateOffset, byte[] dateLine) {
            this.route = route;
            this.bytes = new byte[length];
            this.dateOffset = dateOffset;
            this.dateLine = dateLine;
            from.getBytes(from.writerIndex(), bytes);
        }

        /** All lines are of one length (RFC 9110, section 5.6.7). */
        void setDate(byte[] line) {
            if (line != dateLine) {
                dateLine = line;
                System.arraycopy(line, 0, bytes, dateOffset, line.length);
            }
        }
    }

    private void options(ErrorReply reply, ClientResponse to, byte[] dateLine) {
        ByteBuf buffer = to.room(RESPOND_CAPACITY);
        begin(buffer);
        statusLine(204);
        out.put(dateLine);
        allow(FORWARDED_METHODS);
        out.put(reply.persistence.line());
        out.put(CRLF);
        end(buffer, to);
    }

    private void begin(ByteBuf buffer) {
        out.wrap(buffer.memoryAddress() + buffer.writerIndex(), buffer.writableBytes());
    }

    private void end(ByteBuf buffer, ClientResponse to) {
        buffer.writerIndex(buffer.writerIndex() + out.position());
        to.onWritten(out.position());
    }

    /** What filters change in a head is changed where it lies, before a body follows. */
    private void endHead(ByteBuf buffer, ClientResponse to) {
        out.put(CRLF);
        if (to.edits() != null) {
            int start = buffer.writerIndex();
            buffer.writerIndex(start + out.position());
            to.editHead(buffer, start);
            out.position(buffer.writerIndex() - start);
            buffer.writerIndex(start);
        }
    }

    private void statusLine(int status) {
        out.put(VERSION);
        out.putDecimal(status);
        out.put((byte) ' ');
        out.put(REASONS[status]);
        out.put(CRLF);
    }

    private void allow(int methods) {
        out.put(ALLOW);
        boolean first = true;
        for (int method = 1; method < MethodId.COUNT; method++) {
            if ((methods >>> method & 1) != 0) {
                if (!first) {
                    out.put((byte) ',');
                    out.put((byte) ' ');
                }
                out.put(METHODS[method]);
                first = false;
            }
        }
        out.put(CRLF);
    }
}
