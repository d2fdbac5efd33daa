package io.millrace.http.h1;

import io.millrace.http.HeadError;

/** What a chunked body was found to carry; immutable, owned by no thread. */
record Dechunked(String verdict, String data, int consumed) {
    /** Feeds the text up to each of the ends in turn, which are ascending. */
    static Dechunked of(String text, int... ends) {
        ChunkDecoder decoder = new ChunkDecoder();
        StringBuilder data = new StringBuilder();
        int start = 0;
        for (int end : ends) {
            Wire part = Wire.of(text.substring(start, end));
            int pos = 0;
            while (pos < part.length() && !decoder.isComplete()) {
                int step = decoder.next(part.bytes(), pos, part.length() - pos);
                if (step < 0) {
                    return new Dechunked(HeadError.ofResult(step).name(), "", start + pos);
                }
                data.append(Wire.text(part.bytes(), decoder.dataOffset(), decoder.dataLength()));
                pos += step;
            }
            start += pos;
            if (decoder.isComplete()) {
                return new Dechunked("complete", data.toString(), start);
            }
        }
        return new Dechunked("incomplete", data.toString(), start);
    }

    /** As the tables have it: the data belongs to complete bodies only. */
    @Override
    public String toString() {
        return verdict.equals("complete") ? verdict + ":" + data : verdict;
    }
}
