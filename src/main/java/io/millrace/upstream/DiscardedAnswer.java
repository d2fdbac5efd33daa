package io.millrace.upstream;

import io.millrace.http.ResponseHead;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answers to requests on a shared connection whose clients have left, so that those
 * behind them can be read; owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class DiscardedAnswer implements ResponseSink {
    private final OriginConnection connection;
    private final long maximumBytes;
    private long bytes;

    /** Reads up to {@code maximumBytes} of one answer; a larger one ends the connection. */
    DiscardedAnswer(OriginConnection connection, long maximumBytes) {
        this.connection = connection;
        this.maximumBytes = maximumBytes;
    }

    /** Takes an answer over in the middle. */
    void takeOver() {
        bytes = 0;
    }

    @Override
    public void onInformational(ResponseHead head) {}

    @Override
    public boolean onResponseHead(ResponseHead head, ResponseFraming framing, int bodyAvailable) {
        bytes = 0;
        return false;
    }

    @Override
    public void onResponseBody(ByteBuf wireBytes) {
        bytes += wireBytes.readableBytes();
        wireBytes.release();
        if (bytes > maximumBytes) {
            connection.fail(Outcome.CLIENT_ABORT);
        }
    }

    @Override
    public void onResponseBytes(ByteBuf in, int length) {
        in.skipBytes(length);
    }

    @Override
    public void onResponseEnd() {
        connection.release();
    }

    @Override
    public void onResponsePause() {}

    @Override
    public void onOriginFailed(Outcome outcome, @Nullable ByteBuf request) {
        if (request != null) {
            request.release();
        }
    }

    @Override
    public void onReassigned(ByteBuf request) {
        request.release();
    }

    @Override
    public void onOriginWritabilityChanged(boolean writable) {}
}
