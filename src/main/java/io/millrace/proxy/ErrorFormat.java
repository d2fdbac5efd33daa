package io.millrace.proxy;

import io.millrace.http.HeaderId;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import java.nio.charset.StandardCharsets;

/** Chooses the form of error bodies; owned by no thread (pure functions). */
@HotPath
final class ErrorFormat {
    private static final byte[] JSON = "json".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TEXT = "text/".getBytes(StandardCharsets.US_ASCII);

    private ErrorFormat() {}

    /** JSON unless the client asks for text and not for JSON. */
    static boolean prefersJson(RequestHead head) {
        int field = head.headers.indexOf(HeaderId.ACCEPT);
        return field < 0 || contains(head, field, JSON) || !contains(head, field, TEXT);
    }

    private static boolean contains(RequestHead head, int field, byte[] word) {
        int from = head.headers.valueOffset(field);
        int last = from + head.headers.valueLength(field) - word.length;
        for (int at = from; at <= last; at++) {
            int i = 0;
            while (i < word.length && head.bytes.getByte(at + i) == word[i]) {
                i++;
            }
            if (i == word.length) {
                return true;
            }
        }
        return false;
    }
}
