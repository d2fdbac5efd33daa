package io.millrace.sni;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A cursor over the vectors of a TLS message that never leaves them; owned by one shard.
 *
 * <p>What would read beyond the end reads nothing: it yields 0 and the cursor is unsound from then
 * on, so that a parser asks once at its end and not after each step.
 */
@OwnedBy(Role.SHARD)
final class Octets {
    private DirectBuffer buffer = new UnsafeBuffer(0, 0);
    private int at;
    private int end;
    private boolean sound;

    void wrap(DirectBuffer from, int offset, int length) {
        buffer = from;
        at = offset;
        end = offset + length;
        sound = true;
    }

    /** Whether everything so far was there. */
    boolean isSound() {
        return sound;
    }

    /** Whether the vector that is open has been read to its end; an unsound cursor always has. */
    boolean isEmpty() {
        return at == end;
    }

    /** What was read is not allowed. */
    void fail() {
        sound = false;
        end = at;
    }

    /** Fails unless this holds. */
    void require(boolean condition) {
        if (!condition) {
            fail();
        }
    }

    void skip(int count) {
        if (count > end - at) {
            fail();
        } else {
            at += count;
        }
    }

    int u8() {
        if (at == end) {
            fail();
            return 0;
        }
        return buffer.getByte(at++) & 0xff;
    }

    int u16() {
        int high = u8();
        return (high << 8) | u8();
    }

    /** Narrows the cursor to the next so many bytes; what it returns is for {@link #close}. */
    int open(int length) {
        int outerEnd = end;
        if (length > end - at) {
            fail();
        } else {
            end = at + length;
        }
        return outerEnd;
    }

    /** Goes back to the vector around this one, which must have been read to its end. */
    void close(int outerEnd) {
        require(isEmpty());
        if (sound) {
            end = outerEnd;
        }
    }

    /** The next so many bytes, one character each. */
    String text(int length) {
        if (length > end - at) {
            fail();
            return "";
        }
        byte[] bytes = new byte[length];
        buffer.getBytes(at, bytes);
        at += length;
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
