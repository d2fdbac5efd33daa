package io.millrace.filter;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a request is answered that a limit refuses; immutable, safe from any thread. */
@OwnedBy(Role.ANY)
public final class LimitRefusal {
    private final int status;
    private final byte @Nullable [] body;
    private final byte[] contentType;

    /**
     * An answer.
     *
     * @param body null for the uniform error
     */
    public LimitRefusal(int status, @Nullable String body, String contentType) {
        this.status = status;
        this.body = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
        this.contentType = contentType.getBytes(StandardCharsets.US_ASCII);
    }

    int status() {
        return status;
    }

    byte @Nullable [] body() {
        return body;
    }

    byte[] contentType() {
        return contentType;
    }
}
