package io.millrace.testing;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One response as a client received it; immutable, safe from any thread. */
@SuppressWarnings("ArrayRecordComponent")
public record Response(
        String version, int status, String reason, Fields fields, byte[] body, Fields trailers) {

    public @Nullable String header(String name) {
        return fields.value(name);
    }

    public String text() {
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    /** Whether the sender announced that the connection ends with this message. */
    public boolean announcesClose() {
        return fields.members("connection").contains("close");
    }
}
