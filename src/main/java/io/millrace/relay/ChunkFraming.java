package io.millrace.relay;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.SystemCalls;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What is written around the data of a body that is spliced into chunks (RFC 9112, section 7.1):
 * the lines, never the data; owned by one shard, used again for later bodies.
 *
 * <p>For a body that needs no chunks it does nothing, and has no memory.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class ChunkFraming {
    /** The end of one chunk and the longest line of another: sixteen digits between two CRLF. */
    private static final int CAPACITY = 32;

    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private final SystemCalls calls;
    private @Nullable UnsafeBuffer buffer;
    private int start;
    private int end;
    private boolean chunked;
    private boolean open;

    ChunkFraming(SystemCalls calls) {
        this.calls = calls;
    }

    /** Begins a body: no chunk is open, and nothing is to be written. */
    void begin(boolean inChunks) {
        start = 0;
        end = 0;
        chunked = inChunks;
        open = false;
        if (inChunks && buffer == null) {
            buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY));
        }
    }

    /**
     * So much data follows, behind the end of the chunk that is open; nothing may be left to be
     * written from before.
     */
    void beginChunk(long length) {
        if (!chunked) {
            return;
        }
        if (open) {
            putLineEnd();
        }
        open = true;
        int shift = (63 - Long.numberOfLeadingZeros(length)) & ~3;
        for (; shift >= 0; shift -= 4) {
            put(HEX[(int) (length >>> shift) & 0xF]);
        }
        putLineEnd();
    }

    /** Nothing follows the open chunk for now: whether there was one. */
    boolean endChunk() {
        if (!open) {
            return false;
        }
        open = false;
        putLineEnd();
        return true;
    }

    /** Whether a chunk was begun and not ended. */
    boolean isOpen() {
        return open;
    }

    /** Whether there is something to be written. */
    boolean isPending() {
        return start < end;
    }

    /**
     * Writes what is to be written; in front of data it does not leave alone.
     *
     * @return bytes written, or the error number negated
     */
    long write(int socket) {
        long sent = calls.send(socket, bytes().addressOffset() + start, end - start, open);
        if (sent > 0) {
            start += (int) sent;
            if (start == end) {
                start = 0;
                end = 0;
            }
        }
        return sent;
    }

    private void putLineEnd() {
        put((byte) '\r');
        put((byte) '\n');
    }

    private void put(byte b) {
        bytes().putByte(end++, b);
    }

    private UnsafeBuffer bytes() {
        return Objects.requireNonNull(buffer, "a body in chunks");
    }
}
