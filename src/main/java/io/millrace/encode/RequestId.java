package io.millrace.encode;

import io.millrace.bytes.ByteWriter;
import io.millrace.http.HeaderId;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The id of one request: 32 hexadecimal digits of our own, or what a trusted proxy sent; owned by
 * one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class RequestId {
    /** Longest id that is taken over; a longer one is replaced. */
    public static final int MAXIMUM_LENGTH = 128;

    private final byte[] received = new byte[MAXIMUM_LENGTH];
    private int receivedLength;
    private long high;
    private long low;

    /** An id that is none yet. */
    public RequestId() {}

    /** Takes a fresh id. */
    public void generate(IdSequence ids) {
        receivedLength = 0;
        high = ids.next();
        low = ids.next();
    }

    /** Takes over what a trusted proxy sent, if that is usable, else a fresh id. */
    public void assign(RequestHead head, boolean trusted, IdSequence ids) {
        int field = trusted ? head.headers.indexOf(HeaderId.X_REQUEST_ID) : -1;
        if (field < 0
                || !accept(
                        head.bytes,
                        head.headers.valueOffset(field),
                        head.headers.valueLength(field))) {
            generate(ids);
        }
    }

    /**
     * Takes a received id over; false when it is empty, too long, or has other than visible ASCII.
     */
    boolean accept(UnsafeBuffer bytes, int offset, int length) {
        if (length == 0 || length > MAXIMUM_LENGTH) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            byte b = bytes.getByte(offset + i);
            if (b <= ' ' || b == 0x7F || b == '"' || b == '\\') {
                return false;
            }
            received[i] = b;
        }
        receivedLength = length;
        return true;
    }

    public void write(ByteWriter out) {
        if (receivedLength == 0) {
            out.putHex16(high);
            out.putHex16(low);
            return;
        }
        for (int i = 0; i < receivedLength; i++) {
            out.put(received[i]);
        }
    }
}
