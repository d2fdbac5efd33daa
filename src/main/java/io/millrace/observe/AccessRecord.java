package io.millrace.observe;

import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of an access log record in the ring: fixed numbers, then the fields' lengths, then their
 * bytes; owned by no thread (pure functions).
 */
@HotPath
final class AccessRecord {
    static final int TYPE = 1;

    private static final int EPOCH_MS = 0;
    private static final int DURATION_NS = 8;
    private static final int BYTES_RECEIVED = 16;
    private static final int BYTES_SENT = 24;
    private static final int STATUS = 32;
    private static final int OUTCOME = 36;
    private static final int LENGTHS = 40;
    private static final int BYTES = LENGTHS + Short.BYTES * AccessField.count();

    /** In a length: the field was cut. */
    private static final int CUT = 0x4000;

    private static final Outcome[] OUTCOMES = Outcome.values();

    private AccessRecord() {}

    static int lengthOf(AccessEvent event) {
        int length = BYTES;
        for (int i = 0; i < AccessField.count(); i++) {
            length += Math.min(event.length(i), AccessField.of(i).limitBytes());
        }
        return length;
    }

    static void encode(AccessEvent event, MutableDirectBuffer to, int at) {
        to.putLong(at + EPOCH_MS, event.epochMs);
        to.putLong(at + DURATION_NS, event.durationNs);
        to.putLong(at + BYTES_RECEIVED, event.bytesReceived);
        to.putLong(at + BYTES_SENT, event.bytesSent);
        to.putInt(at + STATUS, event.status);
        to.putInt(at + OUTCOME, event.outcome.ordinal());
        int position = at + BYTES;
        for (int i = 0; i < AccessField.count(); i++) {
            int limit = AccessField.of(i).limitBytes();
            int length = Math.min(event.length(i), limit);
            int cut = event.length(i) > limit ? CUT : 0;
            to.putShort(at + LENGTHS + Short.BYTES * i, (short) (length | cut));
            to.putBytes(position, event.buffer(i), event.offset(i), length);
            position += length;
        }
    }

    static long epochMs(DirectBuffer from, int at) {
        return from.getLong(at + EPOCH_MS);
    }

    static long durationNs(DirectBuffer from, int at) {
        return from.getLong(at + DURATION_NS);
    }

    static long bytesReceived(DirectBuffer from, int at) {
        return from.getLong(at + BYTES_RECEIVED);
    }

    static long bytesSent(DirectBuffer from, int at) {
        return from.getLong(at + BYTES_SENT);
    }

    static int status(DirectBuffer from, int at) {
        return from.getInt(at + STATUS);
    }

    static Outcome outcome(DirectBuffer from, int at) {
        return OUTCOMES[from.getInt(at + OUTCOME)];
    }

    static int fieldLength(DirectBuffer from, int at, int field) {
        return from.getShort(at + LENGTHS + Short.BYTES * field) & (CUT - 1);
    }

    static boolean wasCut(DirectBuffer from, int at, int field) {
        return (from.getShort(at + LENGTHS + Short.BYTES * field) & CUT) != 0;
    }

    /** Where the bytes of the first field begin; the others follow without gaps. */
    static int firstField(int at) {
        return at + BYTES;
    }
}
