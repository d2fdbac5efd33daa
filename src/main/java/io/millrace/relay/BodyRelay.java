package io.millrace.relay;

import io.millrace.http.h1.ChunkDecoder;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Passes one response body on, changing its framing where the client needs another; owned by one
 * shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class BodyRelay {
    private static final int CHUNK_LINE_CAPACITY = 16;
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private final ChunkDecoder decoder = new ChunkDecoder();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private BodyForm form = BodyForm.AS_RECEIVED;

    /** Begins a body. */
    public void start(BodyForm bodyForm) {
        form = bodyForm;
        if (bodyForm == BodyForm.DECHUNK) {
            decoder.reset();
        }
    }

    /** Whether bytes go on as they are, so that the caller may copy them itself. */
    public boolean isAsReceived() {
        return form == BodyForm.AS_RECEIVED;
    }

    /** Whether the bytes received are put into chunks. */
    public boolean isChunking() {
        return form == BodyForm.CHUNK;
    }

    /** Passes received bytes on; the framing in them has been checked before. */
    public void relay(ByteBuf wireBytes, BodyOutput to) {
        switch (form) {
            case AS_RECEIVED -> to.sendBody(wireBytes);
            case CHUNK -> chunk(wireBytes, to);
            case DECHUNK -> dechunk(wireBytes, to);
        }
    }

    /** Ends a chunk that others began, with the rest of its data. */
    public static void endChunk(ByteBuf data, BodyOutput to) {
        to.sendBody(data);
        ByteBuf end = to.allocate(CHUNK_LINE_CAPACITY);
        end.writeByte('\r').writeByte('\n');
        to.sendBody(end);
    }

    /** Ends the body properly. */
    public void end(BodyOutput to) {
        if (form == BodyForm.CHUNK) {
            ByteBuf last = to.allocate(CHUNK_LINE_CAPACITY);
            last.writeByte('0').writeByte('\r').writeByte('\n').writeByte('\r').writeByte('\n');
            to.sendBody(last);
        }
    }

    private static void chunk(ByteBuf data, BodyOutput to) {
        ByteBuf line = to.allocate(CHUNK_LINE_CAPACITY);
        int length = data.readableBytes();
        for (int shift = 28; shift >= 0; shift -= 4) {
            if (length >>> shift != 0) {
                line.writeByte(HEX[(length >>> shift) & 0xF]);
            }
        }
        line.writeByte('\r').writeByte('\n');
        to.sendBody(line);
        endChunk(data, to);
    }

    private void dechunk(ByteBuf wireBytes, BodyOutput to) {
        int length = wireBytes.readableBytes();
        int start = wireBytes.readerIndex();
        view.wrap(wireBytes.memoryAddress() + start, length);
        int at = 0;
        while (at < length) {
            int taken = decoder.next(view, at, length - at);
            if (taken <= 0) {
                break;
            }
            if (decoder.dataLength() > 0) {
                to.sendBody(
                        wireBytes.retainedSlice(
                                start + decoder.dataOffset(), decoder.dataLength()));
            }
            at += taken;
        }
        wireBytes.release();
    }
}
