package io.millrace.filter;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Origins as browsers write them (RFC 6454, section 7); immutable, safe from any thread.
 *
 * <p>They are compared byte by byte: browsers write scheme and host in lower case.
 */
@HotPath
@OwnedBy(Role.ANY)
public final class OriginSet {
    private final byte[][] origins;
    private final boolean all;

    /** These origins; {@code *} for all. */
    public OriginSet(List<String> origins) {
        this.all = origins.contains("*");
        this.origins = new byte[origins.size()][];
        for (int i = 0; i < this.origins.length; i++) {
            this.origins[i] = origins.get(i).getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** Whether every origin is in it. */
    boolean isAll() {
        return all;
    }

    /** Whether these bytes are one of them. */
    boolean contains(DirectBuffer bytes, int offset, int length) {
        if (all) {
            return true;
        }
        for (byte[] origin : origins) {
            if (equal(bytes, offset, length, origin)) {
                return true;
            }
        }
        return false;
    }

    private static boolean equal(DirectBuffer bytes, int offset, int length, byte[] origin) {
        if (length != origin.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(offset + i) != origin[i]) {
                return false;
            }
        }
        return true;
    }
}
