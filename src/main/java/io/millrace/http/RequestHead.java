package io.millrace.http;

import io.millrace.bytes.Text;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One request head, read where it was received; owned by one shard, used again for the next head.
 *
 * <p>All offsets count from the start of {@link #bytes}, which is wrapped by the parser around the
 * received memory and valid only until the receive buffer is released. Fields are written by the
 * codec alone.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class RequestHead {
    /** Value of {@link #contentLength} when there is no such field. */
    public static final long NO_LENGTH = -1;

    /** Target is a path with an optional query. */
    public static final int ORIGIN_FORM = 0;

    /** Target is an absolute URI; path, query and host come out of it (RFC 9112, section 3.2.2). */
    public static final int ABSOLUTE_FORM = 1;

    /** Target is {@code *} (OPTIONS only). */
    public static final int ASTERISK_FORM = 2;

    public final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
    public final HeaderTable headers;

    /** One of {@link MethodId}. */
    public int method;

    public int methodOffset;
    public int methodLength;
    public int targetForm;
    public int targetOffset;
    public int targetLength;

    /** Raw path as received; for {@code *} and an empty absolute path the length is 0. */
    public int pathOffset;

    public int pathLength;

    /** Raw query without its question mark; length -1 when there is none. */
    public int queryOffset;

    public int queryLength;

    /**
     * The whole authority: out of an absolute target, else the Host value; length 0 when absent
     * (HTTP/1.0).
     */
    public int authorityOffset;

    public int authorityLength;

    /** The authority's host alone, brackets of an IPv6 literal included, port excluded. */
    public int hostOffset;

    public int hostLength;

    /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
    public int minorVersion;

    /** Whether the client wants the connection kept (RFC 9112, section 9.3). */
    public boolean keepAlive;

    /** Declared length of the body in bytes, or {@link #NO_LENGTH}. */
    public long contentLength;

    public boolean chunked;
    public boolean expectContinue;

    /**
     * Whether Connection names something other than close and keep-alive, so that fields must be
     * compared with it.
     */
    public boolean connectionNamesFields;

    /**
     * Whether the path has a percent sign or a segment that begins with a dot, so that it must be
     * normalised.
     */
    public boolean pathNeedsNormalising;

    /** Whether some field name has an underscore. */
    public boolean underscoreInNames;

    /** Length of the whole head in bytes, its empty line included. */
    public int length;

    /** Makes a head with room for {@code headerCapacity} fields. */
    public RequestHead(int headerCapacity) {
        headers = new HeaderTable(headerCapacity);
    }

    /** Makes ready for the next head, which lies in {@code length} bytes at {@code address}. */
    public void wrap(long address, int length) {
        bytes.wrap(address, length);
        headers.clear();
        targetForm = ORIGIN_FORM;
        authorityOffset = 0;
        authorityLength = 0;
        hostOffset = 0;
        hostLength = 0;
        contentLength = NO_LENGTH;
        chunked = false;
        expectContinue = false;
        pathNeedsNormalising = false;
        this.length = 0;
    }

    /**
     * The next field of a name, for names that have no {@link HeaderId}.
     *
     * @param previous the field behind which to look, -1 for all
     * @param lowerName the name in lower case
     * @return the field, or -1
     */
    public int fieldAfter(int previous, byte[] lowerName) {
        for (int i = previous + 1, count = headers.count(); i < count; i++) {
            if (Text.equalsIgnoreCase(
                    bytes, headers.nameOffset(i), headers.nameLength(i), lowerName)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a body follows the head. */
    public boolean hasBody() {
        return chunked || contentLength > 0;
    }
}
