package io.millrace.observe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.agrona.DirectBuffer;

/**
 * Encodes one access log record as a line of JSON; owned by the log writer's thread.
 *
 * <p>Bytes of peers above 0x7f are written as escapes of four digits, so that a line is valid JSON
 * whatever was sent and still tells which bytes they were; names out of our configuration are read
 * as UTF-8.
 */
final class JsonLine {
    /** No line is longer: every byte of every field escaped, and the fixed part. */
    static final int MAX_LENGTH = 16 * 1024;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final int SECOND_MS = 1000;
    private static final int US_NS = 1000;

    private long cachedSecond = Long.MIN_VALUE;
    private String cachedText = "";

    /** Appends the record's line, its line feed included. */
    void encode(DirectBuffer record, int at, ByteBuffer to) {
        ascii(to, "{\"time\":\"");
        time(to, AccessRecord.epochMs(record, at));
        ascii(to, "\"");
        boolean cut = fields(record, at, to);
        int status = AccessRecord.status(record, at);
        if (status != AccessEvent.NO_STATUS) {
            number(to, "status", status);
        }
        ascii(to, ",\"outcome\":\"");
        ascii(to, AccessRecord.outcome(record, at).label());
        ascii(to, "\",\"ending\":\"");
        ascii(to, AccessRecord.outcome(record, at).letters());
        ascii(to, "\"");
        number(to, "duration_us", AccessRecord.durationNs(record, at) / US_NS);
        number(to, "bytes_received", AccessRecord.bytesReceived(record, at));
        number(to, "bytes_sent", AccessRecord.bytesSent(record, at));
        ascii(to, cut ? ",\"truncated\":true}\n" : "}\n");
    }

    /** Whether one of the fields had been cut. */
    private static boolean fields(DirectBuffer record, int at, ByteBuffer to) {
        boolean cut = false;
        int position = AccessRecord.firstField(at);
        for (int i = 0; i < AccessField.count(); i++) {
            int length = AccessRecord.fieldLength(record, at, i);
            if (length > 0) {
                field(to, AccessField.of(i), record, position, length);
            }
            cut |= AccessRecord.wasCut(record, at, i);
            position += length;
        }
        return cut;
    }

    private static void field(
            ByteBuffer to, AccessField field, DirectBuffer from, int offset, int length) {
        ascii(to, ",\"");
        ascii(to, field.key());
        ascii(to, "\":\"");
        if (field.ours()) {
            String text = from.getStringWithoutLengthUtf8(offset, length);
            for (int i = 0; i < text.length(); i++) {
                character(to, text.charAt(i));
            }
        } else {
            for (int i = 0; i < length; i++) {
                character(to, (char) (from.getByte(offset + i) & 0xff));
            }
        }
        ascii(to, "\"");
    }

    private static void character(ByteBuffer to, char c) {
        if (c == '"' || c == '\\') {
            to.put((byte) '\\').put((byte) c);
        } else if (c >= ' ' && c < 0x7f) {
            to.put((byte) c);
        } else {
            to.put((byte) '\\').put((byte) 'u');
            to.put(HEX[c >> 12]).put(HEX[c >> 8 & 0xf]).put(HEX[c >> 4 & 0xf]).put(HEX[c & 0xf]);
        }
    }

    private void time(ByteBuffer to, long epochMs) {
        long second = Math.floorDiv(epochMs, (long) SECOND_MS);
        if (second != cachedSecond) {
            cachedText = SECOND.format(Instant.ofEpochSecond(second));
            cachedSecond = second;
        }
        ascii(to, cachedText);
        int ms = Math.floorMod(epochMs, SECOND_MS);
        to.put((byte) '.');
        to.put((byte) ('0' + ms / 100))
                .put((byte) ('0' + ms / 10 % 10))
                .put((byte) ('0' + ms % 10));
        to.put((byte) 'Z');
    }

    private static void number(ByteBuffer to, String key, long value) {
        ascii(to, ",\"");
        ascii(to, key);
        ascii(to, "\":");
        ascii(to, Long.toString(value));
    }

    private static void ascii(ByteBuffer to, String text) {
        for (int i = 0; i < text.length(); i++) {
            to.put((byte) text.charAt(i));
        }
    }
}
