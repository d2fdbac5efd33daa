package io.millrace.encode;

import io.millrace.bytes.ByteWriter;
import io.millrace.filter.HeadEdits;
import io.millrace.http.HeaderId;
import io.millrace.http.HeaderTable;
import io.millrace.http.ResponseHead;
import io.millrace.relay.BodyForm;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes the head that goes to the client; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
public final class ResponseEncoder {
    /** How the client's connection goes on, as the response must tell it. */
    public enum Persistence {
        /** HTTP/1.1 keeps by default: nothing to say. */
        KEEP,
        /** HTTP/1.0 keeps only when told. */
        KEEP_SAID,
        CLOSE;

        /** The whole line, or nothing. */
        public byte[] line() {
            return switch (this) {
                case KEEP -> NO_LINE;
                case KEEP_SAID -> KEEP_LINE;
                case CLOSE -> CLOSE_LINE;
            };
        }
    }

    private static final byte[] NO_LINE = {};
    private static final byte[] KEEP_LINE = ascii("Connection: keep-alive\r\n");
    private static final byte[] CLOSE_LINE = ascii("Connection: close\r\n");
    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] DATE_NAME = ascii("date");
    private static final byte[] CRLF = ascii("\r\n");
    private static final int ADDED_BYTES = 160;

    private final ByteWriter out = new ByteWriter();

    /** An encoder; a shard needs one. */
    public ResponseEncoder() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Bytes that a head takes at the most once it is written. */
    public static int capacity(ResponseHead head, @Nullable HeadEdits edits) {
        return head.length + ADDED_BYTES + (edits == null ? 0 : edits.length());
    }

    /** Whether a head for an HTTP/1.1 client whose connection is kept would be the received one. */
    public static boolean isUnchanged(ResponseHead head) {
        if (!saysHttp11(head) || head.status == 204 || head.connectionNamesFields) {
            return false;
        }
        HeaderTable fields = head.headers;
        long present = 0;
        for (int i = 0, count = fields.count(); i < count; i++) {
            present |= 1L << fields.id(i);
        }
        return (present & HopFields.OF_RESPONSE) == 0
                && (present & HopFields.bit(HeaderId.DATE)) != 0;
    }

    /** A later minor version is read as 1.1, but it is ours that the client is told. */
    private static boolean saysHttp11(ResponseHead head) {
        return head.minorVersion == 1 && head.bytes.getByte(VERSION.length - 2) == '1';
    }

    /** Appends the final response's head to a buffer that has {@link #capacity} bytes left. */
    public void encode(
            ResponseHead head,
            BodyForm form,
            Persistence persistence,
            byte[] dateLine,
            @Nullable HeadEdits edits,
            ByteBuf buffer) {
        begin(buffer);
        statusLine(head);
        long dropped = HopFields.OF_RESPONSE;
        if (form == BodyForm.DECHUNK) {
            dropped |= HopFields.bit(HeaderId.TRANSFER_ENCODING) | HopFields.bit(HeaderId.TRAILER);
        }
        if (head.status == 204) {
            // RFC 9110, section 8.6.
            dropped |= HopFields.bit(HeaderId.CONTENT_LENGTH);
        }
        boolean dated = fields(head, dropped, edits);
        if (!dated) {
            out.put(dateLine);
        }
        if (form == BodyForm.CHUNK) {
            out.put(CHUNKED);
        }
        if (edits != null) {
            edits.writeLines(out);
        }
        out.put(persistence.line());
        out.put(CRLF);
        end(buffer);
    }

    /** Appends an interim response's head. */
    public void encodeInformational(ResponseHead head, ByteBuf buffer) {
        begin(buffer);
        statusLine(head);
        fields(head, HopFields.OF_RESPONSE, null);
        out.put(CRLF);
        end(buffer);
    }

    private void begin(ByteBuf buffer) {
        out.wrap(buffer.memoryAddress() + buffer.writerIndex(), buffer.writableBytes());
    }

    private void end(ByteBuf buffer) {
        buffer.writerIndex(buffer.writerIndex() + out.position());
    }

    private void statusLine(ResponseHead head) {
        out.put(VERSION);
        out.putDecimal(head.status);
        out.put((byte) ' ');
        out.put(head.bytes, head.reasonOffset, head.reasonLength);
        out.put(CRLF);
    }

    /** Copies what is passed on; whether there was a Date. */
    private boolean fields(ResponseHead head, long dropped, @Nullable HeadEdits edits) {
        HeaderTable fields = head.headers;
        boolean dated = edits != null && edits.removes(DATE_NAME);
        int run = -1;
        for (int i = 0, count = fields.count(); i < count; i++) {
            int id = fields.id(i);
            dated |= id == HeaderId.DATE;
            boolean drop =
                    (dropped >>> id & 1) != 0
                            || (head.connectionNamesFields
                                    && HopFields.namedByConnection(head.bytes, fields, i))
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
        return dated;
    }
}
