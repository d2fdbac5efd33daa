package io.millrace.http;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One response head, read where it was received; owned by one shard, used again for the next head.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class ResponseHead {
    /** Value of {@link #contentLength} when there is no such field. */
    public static final long NO_LENGTH = -1;

    public final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
    public final HeaderTable headers;

    /** 100 to 599. */
    public int status;

    public int reasonOffset;
    public int reasonLength;

    /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
    public int minorVersion;

    /** Whether the origin keeps the connection after this response, as far as the head says. */
    public boolean keepAlive;

    /**
     * Declared length, or {@link #NO_LENGTH}; for HEAD and 304 it tells of the body that is not
     * sent.
     */
    public long contentLength;

    public boolean chunked;

    /** Whether Connection names something other than close and keep-alive. */
    public boolean connectionNamesFields;

    /** Length of the whole head in bytes, its empty line included. */
    public int length;

    /** Makes a head with room for {@code headerCapacity} fields. */
    public ResponseHead(int headerCapacity) {
        headers = new HeaderTable(headerCapacity);
    }

    /** Makes ready for the next head, which lies in {@code length} bytes at {@code address}. */
    public void wrap(long address, int length) {
        bytes.wrap(address, length);
        headers.clear();
        contentLength = NO_LENGTH;
        chunked = false;
        this.length = 0;
    }
}
