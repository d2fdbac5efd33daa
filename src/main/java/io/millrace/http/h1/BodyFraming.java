package io.millrace.http.h1;

import io.millrace.bytes.Text;
import io.millrace.http.HeadError;
import io.millrace.http.HeaderId;
import io.millrace.http.HeaderTable;
import io.millrace.http.ListElements;
import io.millrace.roles.HotPath;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Decides how the body is framed, and refuses what two parsers could frame differently (RFC 9112,
 * section 6); owned by no thread (pure functions).
 */
@HotPath
final class BodyFraming {
    /** No field says anything. */
    static final int NONE = 0;

    /** Content-Length says how long. */
    static final int LENGTH = 1;

    /** The body comes in chunks. */
    static final int CHUNKED = 2;

    private static final byte[] CHUNKED_CODING = {'c', 'h', 'u', 'n', 'k', 'e', 'd'};
    private static final int BAD_LENGTH = HeadError.BAD_CONTENT_LENGTH.asResult();
    private static final int BAD_ENCODING = HeadError.BAD_TRANSFER_ENCODING.asResult();

    private BodyFraming() {}

    /**
     * {@link #NONE}, {@link #LENGTH}, {@link #CHUNKED}, or a negative {@link HeadError#asResult()}.
     */
    static int of(UnsafeBuffer bytes, HeaderTable headers, int minorVersion) {
        boolean hasLength = headers.has(HeaderId.CONTENT_LENGTH);
        if (headers.has(HeaderId.TRANSFER_ENCODING)) {
            return hasLength
                    ? HeadError.LENGTH_AND_ENCODING.asResult()
                    : encoding(bytes, headers, minorVersion);
        }
        if (!hasLength) {
            return NONE;
        }
        // RFC 9110, section 8.6, would let equal repetitions pass; refusing them costs no honest
        // sender.
        boolean valid =
                !headers.isRepeated(HeaderId.CONTENT_LENGTH) && contentLength(bytes, headers) >= 0;
        return valid ? LENGTH : BAD_LENGTH;
    }

    /** The value of the first Content-Length, or {@link Text#NOT_A_NUMBER}. */
    static long contentLength(UnsafeBuffer bytes, HeaderTable headers) {
        int field = headers.indexOf(HeaderId.CONTENT_LENGTH);
        return Text.decimal(bytes, headers.valueOffset(field), headers.valueLength(field));
    }

    private static int encoding(UnsafeBuffer bytes, HeaderTable headers, int minorVersion) {
        // RFC 9112, section 6.1: HTTP/1.0 has no transfer codings, so its framing is faulty.
        if (minorVersion == 0 || headers.isRepeated(HeaderId.TRANSFER_ENCODING)) {
            return BAD_ENCODING;
        }
        int field = headers.indexOf(HeaderId.TRANSFER_ENCODING);
        int offset = headers.valueOffset(field);
        int length = headers.valueLength(field);
        return isChunked(bytes, offset, length)
                ? CHUNKED
                : badEncoding(bytes, offset, offset + length);
    }

    /**
     * 501 for other codings before a final chunked; without that the length is anybody's guess, so
     * 400 (section 6.3).
     */
    private static int badEncoding(UnsafeBuffer bytes, int offset, int end) {
        int pos = ListElements.next(bytes, offset, end);
        while (pos < end) {
            int elementEnd = ListElements.end(bytes, pos, end);
            if (isChunked(bytes, pos, elementEnd - pos)) {
                boolean onlyOthersBefore = elementEnd == end && pos > offset;
                return onlyOthersBefore
                        ? HeadError.UNKNOWN_TRANSFER_ENCODING.asResult()
                        : BAD_ENCODING;
            }
            pos = ListElements.next(bytes, elementEnd, end);
        }
        return BAD_ENCODING;
    }

    private static boolean isChunked(UnsafeBuffer bytes, int offset, int length) {
        return Text.equalsIgnoreCase(bytes, offset, length, CHUNKED_CODING);
    }
}
