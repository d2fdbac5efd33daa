package io.millrace.testing;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One request as an origin received it; immutable, safe from any thread. */
@SuppressWarnings("ArrayRecordComponent")
public record Request(
        String method, String target, String version, Fields fields, byte[] body, Fields trailers) {

    public @Nullable String header(String name) {
        return fields.value(name);
    }

    public String text() {
        return new String(body, StandardCharsets.ISO_8859_1);
    }
}
