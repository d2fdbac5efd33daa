package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.http.HeadError;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds the data in a chunked body (RFC 9112, section 7.1), stopping and going on at any byte;
 * owned by one shard, reset for each message.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class ChunkDecoder {
    private static final int BAD_CHUNK = HeadError.BAD_CHUNK.asResult();

    /** Fifteen hexadecimal digits cannot overflow a long. */
    private static final int MOST_SIZE_DIGITS = 15;

    /** Longest line of a chunk size with its extensions. */
    private static final int LONGEST_LINE = 4 * 1024;

    private static final int SIZE = 0;
    private static final int EXTENSION = 1;
    private static final int SIZE_LF = 2;
    private static final int DATA = 3;
    private static final int DATA_CR = 4;
    private static final int DATA_LF = 5;
    private static final int TRAILERS = 6;
    private static final int COMPLETE = 7;

    private final TrailerChecker trailers = new TrailerChecker();
    private int state;
    private int lineLength;
    private long remaining;
    private int dataOffset;
    private int dataLength;

    /** Makes a decoder that stands before the first chunk. */
    public ChunkDecoder() {
        reset();
    }

    /** Goes back before the first chunk of a new message. */
    public void reset() {
        startChunk();
        trailers.reset();
        dataOffset = 0;
        dataLength = 0;
    }

    /**
     * Reads on, up to the end of the next run of data or the end of the body.
     *
     * @return how many bytes were consumed, 0 only when there are none or the body is complete, or
     *     a negative {@link HeadError#asResult()}
     */
    public int next(UnsafeBuffer bytes, int offset, int length) {
        dataOffset = offset;
        dataLength = 0;
        int end = offset + length;
        int pos = offset;
        while (pos < end && state != COMPLETE) {
            if (state == DATA) {
                return takeData(pos, end) - offset;
            }
            int error = accept(bytes.getByte(pos));
            if (error < 0) {
                return error;
            }
            pos++;
        }
        return pos - offset;
    }

    /**
     * Where the run of data begins that the last {@link #next} found; within its bytes even when
     * none was.
     */
    public int dataOffset() {
        return dataOffset;
    }

    /** How long that run is; 0 when none was found. */
    public int dataLength() {
        return dataLength;
    }

    /** Whether the last chunk and the trailer section have been read. */
    public boolean isComplete() {
        return state == COMPLETE;
    }

    private int takeData(int pos, int end) {
        int run = (int) Math.min(remaining, end - pos);
        dataOffset = pos;
        dataLength = run;
        remaining -= run;
        if (remaining == 0) {
            state = DATA_CR;
        }
        return pos + run;
    }

    private int accept(byte b) {
        return switch (state) {
            case SIZE -> sizeByte(b);
            case EXTENSION -> extensionByte(b);
            case SIZE_LF -> expect(b, Ascii.LF, remaining == 0 ? TRAILERS : DATA);
            case DATA_CR -> expect(b, Ascii.CR, DATA_LF);
            case DATA_LF -> endChunk(b);
            default -> trailerByte(b);
        };
    }

    private int sizeByte(byte b) {
        int digit = Ascii.hexValue(b);
        if (digit >= 0) {
            remaining = remaining << 4 | digit;
            lineLength++;
            return lineLength > MOST_SIZE_DIGITS ? BAD_CHUNK : 0;
        }
        if (lineLength == 0) {
            return BAD_CHUNK;
        }
        if (b == ';') {
            state = EXTENSION;
            return 0;
        }
        return expect(b, Ascii.CR, SIZE_LF);
    }

    private int extensionByte(byte b) {
        lineLength++;
        if (lineLength > LONGEST_LINE) {
            return BAD_CHUNK;
        }
        return Ascii.isValue(b) ? 0 : expect(b, Ascii.CR, SIZE_LF);
    }

    private int endChunk(byte b) {
        startChunk();
        return b == Ascii.LF ? 0 : BAD_CHUNK;
    }

    private int trailerByte(byte b) {
        int result = trailers.accept(b);
        if (result == TrailerChecker.COMPLETE) {
            state = COMPLETE;
        }
        return Math.min(result, 0);
    }

    private int expect(byte b, byte expected, int next) {
        state = next;
        return b == expected ? 0 : BAD_CHUNK;
    }

    private void startChunk() {
        state = SIZE;
        lineLength = 0;
        remaining = 0;
    }
}
