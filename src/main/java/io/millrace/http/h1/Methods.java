package io.millrace.http.h1;

import io.millrace.bytes.OffHeap;
import io.millrace.http.MethodId;
import io.millrace.roles.HotPath;

/**
 * Recognises methods, which are case-sensitive (RFC 9110, section 9.1); owned by no thread
 * (constants).
 */
@HotPath
public final class Methods {
    private static final long GET = word(MethodId.GET);
    private static final long POST = word(MethodId.POST);
    private static final long[] WORDS = new long[MethodId.COUNT];

    static {
        for (int id = 1; id < MethodId.COUNT; id++) {
            WORDS[id] = word(id);
        }
    }

    private Methods() {}

    /**
     * The {@link MethodId} of the token at {@code offset}; reads nothing at or after {@code limit}.
     */
    public static int idOf(long memory, int offset, int length, int limit) {
        if (length > Long.BYTES) {
            return MethodId.OTHER;
        }
        long word = OffHeap.longAt(memory, offset, length, limit);
        if (word == GET) {
            return MethodId.GET;
        }
        if (word == POST) {
            return MethodId.POST;
        }
        for (int id = 1; id < WORDS.length; id++) {
            if (WORDS[id] == word) {
                return id;
            }
        }
        return MethodId.OTHER;
    }

    private static long word(int id) {
        long word = 0;
        for (int i = MethodId.name(id).length() - 1; i >= 0; i--) {
            word = word << 8 | MethodId.name(id).charAt(i);
        }
        return word;
    }
}
