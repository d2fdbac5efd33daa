package io.millrace.proxy;

import io.millrace.downstream.ClientConnection;
import io.millrace.encode.ResponseEncoder;
import io.millrace.encode.ResponseEncoder.Persistence;
import io.millrace.filter.HeadEdits;
import io.millrace.http.ResponseHead;
import io.millrace.relay.BodyForm;
import io.millrace.relay.BodyOutput;
import io.millrace.relay.BodyRelay;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.upstream.ResponseFraming;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One response on its way to the client; owned by one shard.
 *
 * <p>A small body is copied behind the head, so that both are one buffer and one plain write. While
 * answers to earlier requests of the client are missing, what there is of this one is held back.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class ClientResponse implements BodyOutput {
    /** A body this small is copied behind the head. */
    private static final int COPIED_BODY_BYTES = 4096;

    /** A response that waits for its turn is held up to here before its origin must wait too. */
    private static final int MAXIMUM_HELD_BYTES = 64 * 1024;

    private static final int HELD_CAPACITY = 512;

    private final BodyRelay relay = new BodyRelay();
    private @Nullable ClientConnection client;
    private boolean inTurn;

    /** What waits for the turn. */
    private @Nullable ByteBuf held;

    /** Body bytes for which there is room behind the head. */
    private int copyRoom;

    /** What filters change in the head; null for nothing. */
    private @Nullable HeadEdits edits;

    private int minorVersion;
    private boolean started;
    private boolean closeDelimited;
    private long sentBytes;
    private long copiedBodyBytes;

    /** Begins anew for another request. */
    void open(ClientConnection to, boolean withTurn) {
        client = to;
        inTurn = withTurn;
        copyRoom = 0;
        edits = null;
        minorVersion = 1;
        started = false;
        closeDelimited = false;
        sentBytes = 0;
        copiedBodyBytes = 0;
    }

    /** The version that the client speaks: 0 for HTTP/1.0. */
    void minorVersion(int version) {
        minorVersion = version;
    }

    /** Filters change something in its head. */
    void edits(HeadEdits changes) {
        edits = changes.isEmpty() ? null : changes;
    }

    /** What filters change in its head; null for nothing. */
    @Nullable HeadEdits edits() {
        return edits;
    }

    /** Bytes that those changes take at the most. */
    int editsLength() {
        HeadEdits changes = edits;
        return changes == null ? 0 : changes.length();
    }

    /** Makes those changes in a whole head at the end of a buffer, with room for them. */
    void editHead(ByteBuf head, int start) {
        HeadEdits changes = edits;
        if (changes != null) {
            changes.apply(head, start);
        }
    }

    /** What is to be said of the connection's future. */
    Persistence persistence(boolean keepAlive) {
        if (!keepAlive) {
            return Persistence.CLOSE;
        }
        return minorVersion == 0 ? Persistence.KEEP_SAID : Persistence.KEEP;
    }

    /** Whether nothing is to be sent before it. */
    boolean isInTurn() {
        return inTurn;
    }

    /** Nothing is to be sent before it any more. */
    void onTurn() {
        inTurn = true;
        ByteBuf waited = held;
        if (waited != null) {
            held = null;
            client().send(waited);
        }
    }

    /** Whether more can be sent without growing memory. */
    boolean isWritable() {
        ByteBuf waiting = held;
        return inTurn
                ? client().isWritable()
                : waiting == null || waiting.readableBytes() < MAXIMUM_HELD_BYTES;
    }

    /** Whether a final head has been made, so that no other answer can be given any more. */
    boolean hasStarted() {
        return started;
    }

    /** Whether the client learns of the end of the body only by the end of the connection. */
    boolean isCloseDelimited() {
        return closeDelimited;
    }

    /** Whether body bytes go on as they come, so that nobody needs to see them. */
    boolean canSplice() {
        return relay.isAsReceived() || relay.isChunking();
    }

    /** Whether they go on in chunks that are made of them. */
    boolean isChunking() {
        return relay.isChunking();
    }

    /** Takes what was received of a body and could not be spliced on, perhaps inside a chunk. */
    void restOfSpliced(ByteBuf bytes, boolean inChunk) {
        if (inChunk) {
            copiedBodyBytes += bytes.readableBytes();
            BodyRelay.endChunk(bytes, this);
        } else if (bytes.isReadable()) {
            body(bytes);
        } else {
            bytes.release();
        }
    }

    /** Bytes that were sent without passing here. */
    void onSpliced(long bytes) {
        sentBytes += bytes;
    }

    /** Body bytes, framing included, that passed through user space. */
    long copiedBodyBytes() {
        return copiedBodyBytes;
    }

    long sentBytes() {
        return sentBytes;
    }

    /** Whether the client can take this response's end without the end of its connection. */
    boolean delimits(ResponseFraming framing) {
        return minorVersion == 1
                || (framing != ResponseFraming.CHUNKED && framing != ResponseFraming.UNTIL_CLOSE);
    }

    /** Encodes an interim head, unless the client speaks HTTP/1.0 (RFC 9110, section 15.2). */
    void informational(ResponseHead received, ResponseEncoder encoder) {
        if (minorVersion == 1) {
            ByteBuf out = room(ResponseEncoder.capacity(received, null));
            int before = out.writerIndex();
            encoder.encodeInformational(received, out);
            onWritten(out.writerIndex() - before);
        }
    }

    /**
     * Begins the final response; returns whether its head is the received one, byte for byte, so
     * that there is nothing to encode and the received buffer goes on as it is.
     */
    boolean start(
            ResponseHead received,
            ResponseFraming framing,
            int bodyAvailable,
            Persistence persistence,
            ResponseEncoder encoder,
            byte[] dateLine) {
        started = true;
        closeDelimited = !delimits(framing);
        BodyForm form = form(received, framing);
        relay.start(form);
        if (minorVersion == 1
                && form == BodyForm.AS_RECEIVED
                && persistence == Persistence.KEEP
                && edits == null
                && ResponseEncoder.isUnchanged(received)) {
            // It comes in front of the body's first bytes, and is none of them.
            copiedBodyBytes = -received.length;
            return true;
        }
        copyRoom = form == BodyForm.AS_RECEIVED ? Math.min(bodyAvailable, COPIED_BODY_BYTES) : 0;
        ByteBuf out = room(ResponseEncoder.capacity(received, edits) + copyRoom);
        int before = out.writerIndex();
        encoder.encode(received, form, persistence, dateLine, edits, out);
        onWritten(out.writerIndex() - before);
        return false;
    }

    private BodyForm form(ResponseHead received, ResponseFraming framing) {
        if (minorVersion == 0) {
            return received.chunked ? BodyForm.DECHUNK : BodyForm.AS_RECEIVED;
        }
        return framing == ResponseFraming.UNTIL_CLOSE ? BodyForm.CHUNK : BodyForm.AS_RECEIVED;
    }

    /** Takes received body bytes; the buffer now belongs to the response. */
    void body(ByteBuf wireBytes) {
        int length = wireBytes.readableBytes();
        boolean small = length <= copyRoom;
        copyRoom = 0;
        if (small) {
            copy(wireBytes, length);
            wireBytes.release();
        } else {
            copiedBodyBytes += length;
            relay.relay(wireBytes, this);
        }
    }

    /** Takes so many body bytes out of a buffer that stays the caller's. */
    void bytes(ByteBuf in, int length) {
        if (relay.isAsReceived()) {
            copy(in, length);
        } else {
            copiedBodyBytes += length;
            relay.relay(in.readRetainedSlice(length), this);
        }
    }

    private void copy(ByteBuf from, int length) {
        copiedBodyBytes += length;
        room(length).writeBytes(from, length);
        onWritten(length);
    }

    /** Ends the body properly. */
    void end() {
        relay.end(this);
    }

    /** Room for what is written in place; {@link #onWritten} follows. */
    ByteBuf room(int capacity) {
        if (inTurn) {
            return client().room(capacity);
        }
        ByteBuf waiting = held;
        if (waiting == null) {
            waiting = allocate(Math.max(capacity, HELD_CAPACITY));
            held = waiting;
        }
        return waiting.ensureWritable(capacity);
    }

    /** So many bytes were written into the room. */
    void onWritten(int length) {
        sentBytes += length;
    }

    /** Sends bytes that are a whole answer, or part of one. */
    void send(ByteBuf bytes) {
        int length = bytes.readableBytes();
        sentBytes += length;
        if (inTurn) {
            client().send(bytes);
        } else {
            room(length).writeBytes(bytes);
            bytes.release();
        }
    }

    /** Sends the beginning of an answer that goes on, so that no other can be given any more. */
    void sendStarted(ByteBuf bytes) {
        started = true;
        send(bytes);
    }

    /** Lets go of everything. */
    void release() {
        if (held != null) {
            held.release();
            held = null;
        }
        client = null;
    }

    @Override
    public void sendBody(ByteBuf bytes) {
        send(bytes);
    }

    @Override
    public ByteBuf allocate(int capacity) {
        return client().allocate(capacity);
    }

    private ClientConnection client() {
        ClientConnection present = client;
        if (present == null) {
            throw new IllegalStateException("no client for a response");
        }
        return present;
    }
}
