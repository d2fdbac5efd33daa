package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.OffHeap;
import io.millrace.bytes.Text;
import io.millrace.http.Authority;
import io.millrace.http.ConnectionOptions;
import io.millrace.http.HeadError;
import io.millrace.http.HeadLimits;
import io.millrace.http.HeaderId;
import io.millrace.http.HeaderTable;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;

/**
 * Parses a request head where it was received (RFC 9112); owned by no thread (pure functions).
 *
 * <p>Nothing is remembered between calls: a head that was incomplete is parsed again from its
 * start, which is rare and costs less than keeping state for every head that is not.
 */
@HotPath
public final class RequestParser {
    private static final int BAD_HOST = HeadError.BAD_HOST.asResult();
    private static final byte[] CONTINUE = {
        '1', '0', '0', '-', 'c', 'o', 'n', 't', 'i', 'n', 'u', 'e'
    };

    private RequestParser() {}

    /**
     * Parses the {@code length} bytes at {@code address} into {@code head}, whose {@code bytes} are
     * wrapped around them.
     *
     * @return the length of the head when it is complete, 0 when more bytes are needed, or a
     *     negative {@link HeadError#asResult()}
     */
    public static int parse(long address, int length, HeadLimits limits, RequestHead head) {
        head.wrap(address, length);
        if (length == 0) {
            return 0;
        }
        int start = 0;
        if (OffHeap.byteAt(address, 0, length) == Ascii.CR) {
            // One empty line is forgiven (RFC 9112, section 2.2).
            start = LineEnd.after(address, 0, length, 0);
            if (start <= 0) {
                return start;
            }
        }
        int fields = RequestLine.parse(address, start, length, limits.requestLineBytes(), head);
        if (fields <= 0) {
            return fields;
        }
        int end = FieldParser.parse(address, fields, length, limits, head.headers);
        if (end <= 0) {
            return end;
        }
        int error = interpret(head);
        if (error < 0) {
            return error;
        }
        head.length = end;
        return end;
    }

    private static int interpret(RequestHead head) {
        int error = host(head);
        if (error < 0) {
            return error;
        }
        error = framing(head);
        if (error < 0) {
            return error;
        }
        int options = ConnectionOptions.flags(head.bytes, head.headers);
        head.keepAlive = KeepAlive.wanted(options, head.minorVersion);
        head.connectionNamesFields = (options & ConnectionOptions.NAMES_FIELDS) != 0;
        head.underscoreInNames = head.headers.hasUnderscore();
        return head.headers.has(HeaderId.EXPECT) ? expectation(head) : 0;
    }

    /**
     * An absolute target goes before Host, which must be there and valid all the same (RFC 9112,
     * section 3.2).
     */
    private static int host(RequestHead head) {
        HeaderTable headers = head.headers;
        int field = headers.indexOf(HeaderId.HOST);
        if (field < 0) {
            return head.minorVersion == 0 ? 0 : BAD_HOST;
        }
        int offset = headers.valueOffset(field);
        int length = headers.valueLength(field);
        int hostLength = Authority.hostLength(head.bytes, offset, length);
        if (hostLength == Authority.INVALID || headers.isRepeated(HeaderId.HOST)) {
            return BAD_HOST;
        }
        if (head.targetForm != RequestHead.ABSOLUTE_FORM) {
            head.authorityOffset = offset;
            head.authorityLength = length;
            head.hostOffset = offset;
            head.hostLength = hostLength;
        }
        return 0;
    }

    private static int framing(RequestHead head) {
        int framing = BodyFraming.of(head.bytes, head.headers, head.minorVersion);
        if (framing == BodyFraming.LENGTH) {
            head.contentLength = BodyFraming.contentLength(head.bytes, head.headers);
        }
        head.chunked = framing == BodyFraming.CHUNKED;
        boolean unknownLength =
                framing == BodyFraming.NONE && head.minorVersion == 0 && hasContent(head.method);
        return unknownLength ? HeadError.LENGTH_REQUIRED.asResult() : framing;
    }

    private static boolean hasContent(int method) {
        return method == MethodId.POST || method == MethodId.PUT || method == MethodId.PATCH;
    }

    private static int expectation(RequestHead head) {
        HeaderTable headers = head.headers;
        int field = headers.indexOf(HeaderId.EXPECT);
        boolean known =
                !headers.isRepeated(HeaderId.EXPECT)
                        && Text.equalsIgnoreCase(
                                head.bytes,
                                headers.valueOffset(field),
                                headers.valueLength(field),
                                CONTINUE);
        // RFC 9110, section 10.1.1: the expectation of an HTTP/1.0 client is ignored.
        head.expectContinue = known && head.minorVersion > 0;
        return known ? 0 : HeadError.BAD_EXPECT.asResult();
    }
}
