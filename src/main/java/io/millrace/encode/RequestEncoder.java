package io.millrace.encode;

import io.millrace.bytes.ByteWriter;
import io.millrace.downstream.ClientIdentity;
import io.millrace.filter.HeadEdits;
import io.millrace.http.HeaderId;
import io.millrace.http.HeaderTable;
import io.millrace.http.MaxForwards;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.snapshot.CidrSet;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the head that goes to the origin; owned by one shard.
 *
 * <p>Unchanged fields that stand together are copied as one run of the received bytes, which the
 * parser has found to be unambiguous. Target and Host go on as received; who the client is is said
 * anew (CONVENTIONS: distrust by default).
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class RequestEncoder {
    private static final byte[] VERSION_LINE_END = ascii(" HTTP/1.1\r\n");
    private static final byte[] HOST = ascii("Host: ");
    private static final byte[] HOST_NAME = ascii("host");
    private static final byte[] FORWARDED_FOR = ascii("X-Forwarded-For: ");
    private static final byte[] FORWARDED_PROTO_HTTP = ascii("X-Forwarded-Proto: http\r\n");
    private static final byte[] FORWARDED_HOST = ascii("X-Forwarded-Host: ");
    private static final byte[] REAL_IP = ascii("X-Real-IP: ");
    private static final byte[] REQUEST_ID = ascii("X-Request-Id: ");
    private static final byte[] MAX_FORWARDS = ascii("Max-Forwards: ");
    private static final byte[] FORWARDED = ascii("Forwarded: ");
    private static final byte[] FOR_V4 = ascii("for=");
    private static final byte[] FOR_V6 = ascii("for=\"[");
    private static final byte[] FOR_V6_END = ascii("]\"");
    private static final byte[] VIA_11_END = ascii("\r\nVia: 1.1 millrace\r\n\r\n");
    private static final byte[] VIA_10_END = ascii("\r\nVia: 1.0 millrace\r\n\r\n");
    private static final byte[] CRLF = ascii("\r\n");
    private static final byte[] COMMA = ascii(", ");

    /**
     * Enough for the names, addresses and ids that are added; the authority may be added twice
     * more.
     */
    private static final int ADDED_BYTES = 640;

    private final ByteWriter out = new ByteWriter();

    /** An encoder; a shard needs one. */
    public RequestEncoder() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Bytes that the head for an origin takes at the most. */
    public static int capacity(RequestHead head, @Nullable HeadEdits edits, byte[] upstreamName) {
        return head.length
                + ADDED_BYTES
                + 2 * head.authorityLength
                + upstreamName.length
                + (edits == null ? 0 : edits.length());
    }

    /**
     * Writes the head behind a buffer's writer index, where {@link #capacity} bytes are free.
     *
     * @param edits what is changed in it; null for nothing
     * @return whether it fitted; it always does, for the bound is computed from what it is made of
     */
    public boolean encode(
            RequestHead head,
            ClientIdentity identity,
            CidrSet trustedProxies,
            RequestId id,
            byte[] upstreamName,
            @Nullable HeadEdits edits,
            ByteBuf buffer) {
        out.wrap(buffer.memoryAddress() + buffer.writerIndex(), buffer.writableBytes());
        boolean trusted = identity.isTrusted(trustedProxies);
        requestLine(head, edits);
        long dropped = HopFields.OF_REQUEST;
        if (head.targetForm == RequestHead.ABSOLUTE_FORM) {
            // RFC 9112, section 3.2.2: the Host field is replaced by the target's authority.
            dropped |= HopFields.bit(HeaderId.HOST);
            if (edits == null || !edits.removes(HOST_NAME)) {
                host(head);
            }
        } else if (head.authorityLength == 0) {
            // HTTP/1.0 without Host: HTTP/1.1 needs one.
            dropped |= HopFields.bit(HeaderId.HOST);
            if (edits == null || !edits.removes(HOST_NAME)) {
                out.put(HOST);
                out.put(upstreamName);
                out.put(CRLF);
            }
        }
        if (trusted) {
            dropped |= forwardTrusted(head, identity);
        } else {
            dropped |= HopFields.FORWARDING;
            forward(head, identity);
        }
        if (MaxForwards.of(head) > 0) {
            dropped |= HopFields.bit(HeaderId.MAX_FORWARDS);
            out.put(MAX_FORWARDS);
            out.putDecimal(MaxForwards.of(head) - 1);
            out.put(CRLF);
        }
        fields(head, dropped, edits);
        if (edits != null) {
            edits.writeLines(out);
        }
        out.put(REQUEST_ID);
        id.write(out);
        out.put(head.minorVersion == 1 ? VIA_11_END : VIA_10_END);
        buffer.writerIndex(buffer.writerIndex() + out.position());
        return !out.overflowed();
    }

    private void requestLine(RequestHead head, @Nullable HeadEdits edits) {
        UnsafeBuffer in = head.bytes;
        if (edits != null && edits.hasTarget()) {
            out.put(in, head.methodOffset, head.methodLength);
            out.put((byte) ' ');
            edits.writeTarget(out);
        } else if (head.targetForm != RequestHead.ABSOLUTE_FORM) {
            out.put(
                    in,
                    head.methodOffset,
                    head.targetOffset + head.targetLength - head.methodOffset);
        } else {
            out.put(in, head.methodOffset, head.methodLength);
            out.put((byte) ' ');
            if (head.pathLength == 0) {
                // RFC 9112, section 3.2.4: what is asked of the server as a whole.
                boolean whole = head.method == MethodId.OPTIONS && head.queryLength < 0;
                out.put((byte) (whole ? '*' : '/'));
            } else {
                out.put(in, head.pathOffset, head.pathLength);
            }
            if (head.queryLength >= 0) {
                out.put((byte) '?');
                out.put(in, head.queryOffset, head.queryLength);
            }
        }
        out.put(VERSION_LINE_END);
    }

    private void host(RequestHead head) {
        out.put(HOST);
        out.put(head.bytes, head.authorityOffset, head.authorityLength);
        out.put(CRLF);
    }

    private void fields(RequestHead head, long dropped, @Nullable HeadEdits edits) {
        HeaderTable fields = head.headers;
        int run = -1;
        for (int i = 0, count = fields.count(); i < count; i++) {
            boolean drop =
                    (dropped >>> fields.id(i) & 1) != 0
                            || (head.connectionNamesFields
                                    && HopFields.namedByConnection(head.bytes, fields, i))
                            || (head.underscoreInNames && hasUnderscore(head, i))
                            || (edits != null
                                    && edits.removes(
                                            head.bytes,
                                            fields.nameOffset(i),
                                            fields.nameLength(i)));
            if (drop && run >= 0) {
                out.put(head.bytes, run, fields.nameOffset(i) - run);
                run = -1;
            } else if (!drop && run < 0) {
                run = fields.nameOffset(i);
            }
        }
        if (run >= 0) {
            out.put(head.bytes, run, head.length - 2 - run);
        }
    }

    /**
     * Names with an underscore are dropped, as nginx does by default: an application that reads
     * fields as CGI variables could not tell {@code X_Real_IP} from {@code X-Real-IP}.
     */
    private static boolean hasUnderscore(RequestHead head, int field) {
        int from = head.headers.nameOffset(field);
        for (int i = from, end = from + head.headers.nameLength(field); i < end; i++) {
            if (head.bytes.getByte(i) == '_') {
                return true;
            }
        }
        return false;
    }

    private void forward(RequestHead head, ClientIdentity identity) {
        byte[] known = identity.forwardingLines();
        byte[] lines = known == null ? forwardingLines(identity.addressText()) : known;
        if (known == null) {
            identity.keepForwardingLines(lines);
        }
        out.put(lines);
        forwardedHost(head);
    }

    /** All requests of a client that is not trusted have these lines. */
    private static byte[] forwardingLines(byte[] address) {
        byte[] lines =
                new byte
                        [FORWARDED_FOR.length
                                + REAL_IP.length
                                + FORWARDED_PROTO_HTTP.length
                                + 2 * (address.length + CRLF.length)];
        ByteBuffer.wrap(lines)
                .put(FORWARDED_FOR)
                .put(address)
                .put(CRLF)
                .put(REAL_IP)
                .put(address)
                .put(CRLF)
                .put(FORWARDED_PROTO_HTTP);
        return lines;
    }

    private void forwardedHost(RequestHead head) {
        if (head.authorityLength > 0) {
            out.put(FORWARDED_HOST);
            out.put(head.bytes, head.authorityOffset, head.authorityLength);
            out.put(CRLF);
        }
    }

    /** Says what the trusted peer does not say itself; returns the fields that are replaced. */
    private long forwardTrusted(RequestHead head, ClientIdentity identity) {
        HeaderTable fields = head.headers;
        byte[] address = identity.addressText();
        out.put(FORWARDED_FOR);
        joined(head, HeaderId.X_FORWARDED_FOR);
        out.put(address);
        out.put(CRLF);
        long replaced =
                HopFields.bit(HeaderId.X_FORWARDED_FOR)
                        | HopFields.bit(HeaderId.X_REAL_IP)
                        | HopFields.bit(HeaderId.X_REQUEST_ID);
        out.put(REAL_IP);
        realAddress(head, identity);
        out.put(CRLF);
        if (fields.indexOf(HeaderId.X_FORWARDED_PROTO) < 0) {
            out.put(FORWARDED_PROTO_HTTP);
        }
        if (fields.indexOf(HeaderId.X_FORWARDED_HOST) < 0) {
            forwardedHost(head);
        }
        if (fields.indexOf(HeaderId.FORWARDED) >= 0) {
            replaced |= HopFields.bit(HeaderId.FORWARDED);
            forwardedElement(head, address);
        }
        return replaced;
    }

    /** RFC 7239: our element goes behind those received. */
    private void forwardedElement(RequestHead head, byte[] address) {
        out.put(FORWARDED);
        joined(head, HeaderId.FORWARDED);
        boolean v6 = ForwardedChain.isV6(address);
        out.put(v6 ? FOR_V6 : FOR_V4);
        out.put(address);
        if (v6) {
            out.put(FOR_V6_END);
        }
        out.put(CRLF);
    }

    /** All received values of a field, each followed by a comma. */
    private void joined(RequestHead head, int id) {
        HeaderTable fields = head.headers;
        for (int i = 0; i < fields.count(); i++) {
            if (fields.id(i) == id && fields.valueLength(i) > 0) {
                out.put(head.bytes, fields.valueOffset(i), fields.valueLength(i));
                out.put(COMMA);
            }
        }
    }

    private void realAddress(RequestHead head, ClientIdentity identity) {
        long found = ForwardedChain.firstUntrusted(head, identity.trustedProxies());
        if (found < 0) {
            out.put(identity.addressText());
        } else {
            out.put(head.bytes, (int) (found >>> 32), (int) found);
        }
    }
}
