package io.millrace.downstream;

import io.millrace.http.RequestHead;
import io.millrace.http.h1.BodyReader;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/** How far the body of a client's request has come; owned by one shard, used for each request. */
@HotPath
@OwnedBy(Role.SHARD)
final class RequestBody {
    /** A rest of a refused request's body that is read and dropped to keep the connection. */
    private static final long DRAINABLE_BYTES = 64 * 1024;

    private final BodyReader reader = new BodyReader();
    private boolean expectContinue;
    private long declaredLength;

    /** Begins the body that a head announces; whether there is any. */
    boolean start(RequestHead head) {
        expectContinue = head.expectContinue;
        declaredLength = head.contentLength;
        if (head.chunked) {
            reader.startChunked();
        } else if (head.contentLength > 0) {
            reader.startLength(head.contentLength);
        } else {
            reader.startNone();
        }
        return !reader.isComplete();
    }

    /**
     * Takes the next bytes of the connection: how many of them are the body's, or a negative error.
     */
    int consume(UnsafeBuffer bytes, int length) {
        return reader.consume(bytes, 0, length);
    }

    /** Takes bytes that passed unseen. */
    void skip(long bytes) {
        reader.skip(bytes);
    }

    boolean isComplete() {
        return reader.isComplete();
    }

    /** Whether the client waits for a 100 before it sends anything. */
    boolean expectsContinue() {
        return expectContinue;
    }

    /** Whether what is missing is little enough to be read and dropped. */
    boolean isDrainable() {
        return !expectContinue
                && declaredLength >= 0
                && declaredLength - reader.dataBytes() <= DRAINABLE_BYTES;
    }

    /** Bytes read so far, framing excluded. */
    long dataBytes() {
        return reader.dataBytes();
    }

    /** Bytes to come that could pass without being read; 0 in a chunked body. */
    long plainBytesLeft() {
        return reader.plainBytesLeft();
    }
}
