package io.millrace.alloc;

/** Counts the empty lines that end heads, across reads; owned by the thread that reads. */
final class HeadCounter {
    private static final byte[] END = {'\r', '\n', '\r', '\n'};

    private int matched;

    int count(byte[] bytes, int length) {
        int heads = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == END[matched]) {
                matched++;
            } else {
                matched = bytes[i] == END[0] ? 1 : 0;
            }
            if (matched == END.length) {
                heads++;
                matched = 0;
            }
        }
        return heads;
    }
}
