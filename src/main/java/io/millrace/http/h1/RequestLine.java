package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.OffHeap;
import io.millrace.bytes.Scan;
import io.millrace.http.HeadError;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;

/**
 * Reads {@code method SP target SP version CRLF} (RFC 9112, section 3); owned by no thread (pure
 * functions).
 */
@HotPath
final class RequestLine {
    private static final int BAD_METHOD = HeadError.BAD_METHOD.asResult();

    private RequestLine() {}

    /**
     * Reads the line that begins at {@code start} and has at most {@code limit} bytes.
     *
     * @return the index after the line end, 0 when it is not there yet, or a negative {@link
     *     HeadError#asResult()}
     */
    static int parse(long memory, int start, int length, int limit, RequestHead head) {
        int window = start + limit + LineEnd.SIZE;
        int end = Math.min(length, window);
        int unfinished = end == window ? HeadError.LINE_TOO_LONG.asResult() : 0;
        int methodEnd = method(memory, start, end, head);
        if (methodEnd < 0 || methodEnd == end) {
            return methodEnd < 0 ? methodEnd : unfinished;
        }
        int targetEnd = RequestTarget.parse(memory, methodEnd + 1, end, head);
        if (targetEnd < 0 || targetEnd == end) {
            return targetEnd < 0 ? targetEnd : unfinished;
        }
        int next = version(memory, targetEnd + 1, end, head);
        if (next <= 0) {
            return next < 0 ? next : unfinished;
        }
        if (head.targetForm == RequestHead.ASTERISK_FORM && head.method != MethodId.OPTIONS) {
            return HeadError.BAD_TARGET.asResult();
        }
        return next;
    }

    /** The index of the space behind the method, {@code end}, or an error. */
    private static int method(long memory, int start, int end, RequestHead head) {
        int pos = Scan.lettersEnd(memory, start, end);
        while (pos < end && Ascii.isToken(OffHeap.byteAt(memory, pos, end))) {
            pos++;
        }
        if (pos == end) {
            return end;
        }
        if (pos == start || OffHeap.byteAt(memory, pos, end) != Ascii.SP) {
            return BAD_METHOD;
        }
        head.methodOffset = start;
        head.methodLength = pos - start;
        head.method = Methods.idOf(memory, start, pos - start, end);
        // Its target is an authority, and nothing else would make sense of it.
        return head.method == MethodId.CONNECT ? HeadError.METHOD_NOT_IMPLEMENTED.asResult() : pos;
    }

    private static int version(long memory, int pos, int end, RequestHead head) {
        int minor = Version.minorAt(memory, pos, end);
        if (minor < 0) {
            return minor == Version.MISSING ? LineEnd.MISSING : minor;
        }
        head.minorVersion = minor;
        return LineEnd.after(memory, pos + Version.SIZE, end, HeadError.BAD_VERSION.asResult());
    }
}
