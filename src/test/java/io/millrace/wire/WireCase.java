package io.millrace.wire;

import io.millrace.testing.Fields;
import java.util.List;

/**
 * One transcript: what a client sends, what its origin gets and answers, what the client gets;
 * immutable.
 *
 * @param title the sentence that it proves
 * @param listener further keys of the listener, possibly empty
 * @param client the bytes that the client sends
 * @param exchanges what the origin receives and answers, in order
 * @param replies what the client receives, in order
 * @param end what becomes of the client's connection
 * @param originMayBeAsked whether requests that no exchange names may reach the origin
 */
@SuppressWarnings("ArrayRecordComponent")
record WireCase(
        String title,
        String listener,
        byte[] client,
        List<WireCase.Exchange> exchanges,
        List<WireCase.Expected> replies,
        End end,
        boolean originMayBeAsked) {

    /** What becomes of the client's connection; owned by no thread (constants). */
    enum End {
        /** It serves a further request. */
        OPEN,
        /** It ends. */
        CLOSE,
        /** It ends inside the last reply. */
        CUT
    }

    /** One request at the origin and its answer; immutable. */
    @SuppressWarnings("ArrayRecordComponent")
    record Exchange(Expected request, byte[] answer, boolean closes) {}

    /** What a message must look like; immutable. */
    record Expected(String start, List<Fields.Field> present, List<String> absent, String body) {
        /** A value that stands for any. */
        static final String ANY = "*";
    }

    @Override
    public String toString() {
        return title;
    }
}
