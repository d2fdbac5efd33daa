package io.millrace.http.h1;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds the end of one message body in the bytes that carry it; owned by one shard, started again
 * for each message.
 *
 * <p>The bytes themselves are passed on as received, so this only counts them and checks their
 * framing.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class BodyReader {
    private static final int LENGTH = 0;
    private static final int CHUNKED = 1;
    private static final int UNTIL_CLOSE = 2;

    private final ChunkDecoder chunks = new ChunkDecoder();
    private int framing;
    private long remaining;
    private long dataBytes;
    private boolean complete = true;

    /** There is no body: complete at once. */
    public void startNone() {
        startLength(0);
    }

    /** The body has exactly {@code n} bytes. */
    public void startLength(long n) {
        start(LENGTH);
        remaining = n;
        complete = n == 0;
    }

    /** The body comes in chunks. */
    public void startChunked() {
        start(CHUNKED);
        chunks.reset();
    }

    /** The body ends with the connection (responses only). */
    public void startUntilClose() {
        start(UNTIL_CLOSE);
    }

    /**
     * Takes the next bytes of the connection.
     *
     * @return how many of them belong to the body, fewer than {@code length} only when it ended
     *     inside, or a negative {@link io.millrace.http.HeadError#asResult()}
     */
    public int consume(UnsafeBuffer bytes, int offset, int length) {
        if (complete) {
            return 0;
        }
        return switch (framing) {
            case LENGTH -> consumeLength(length);
            case CHUNKED -> consumeChunks(bytes, offset, length);
            default -> {
                dataBytes += length;
                yield length;
            }
        };
    }

    /**
     * How many bytes are still to come, as far as their number is known: 0 in a chunked body,
     * {@link Long#MAX_VALUE} in one that ends with the connection.
     */
    public long plainBytesLeft() {
        if (complete) {
            return 0;
        }
        return switch (framing) {
            case LENGTH -> remaining;
            case CHUNKED -> 0;
            default -> Long.MAX_VALUE;
        };
    }

    /** Takes bytes that passed unseen, no more than {@link #plainBytesLeft}. */
    public void skip(long length) {
        dataBytes += length;
        if (framing == LENGTH) {
            remaining -= length;
            complete = remaining == 0;
        }
    }

    /** Whether the last byte of the body has been consumed. */
    public boolean isComplete() {
        return complete;
    }

    /** Whether the body comes in chunks. */
    public boolean isChunked() {
        return framing == CHUNKED;
    }

    /** How many bytes of content have been consumed, the chunked framing excluded. */
    public long dataBytes() {
        return dataBytes;
    }

    /** Tells that the connection has ended; true when the body is complete with it. */
    public boolean endOfInput() {
        complete |= framing == UNTIL_CLOSE;
        return complete;
    }

    private void start(int newFraming) {
        framing = newFraming;
        dataBytes = 0;
        complete = false;
    }

    private int consumeLength(int length) {
        int taken = (int) Math.min(remaining, length);
        remaining -= taken;
        dataBytes += taken;
        complete = remaining == 0;
        return taken;
    }

    private int consumeChunks(UnsafeBuffer bytes, int offset, int length) {
        int taken = 0;
        while (taken < length && !chunks.isComplete()) {
            int step = chunks.next(bytes, offset + taken, length - taken);
            if (step < 0) {
                return step;
            }
            taken += step;
            dataBytes += chunks.dataLength();
        }
        complete = chunks.isComplete();
        return taken;
    }
}
