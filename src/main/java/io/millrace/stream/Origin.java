package io.millrace.stream;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.upstream.Connector;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One endpoint with this shard's tunnels to it, in every generation the same; owned by one shard.
 */
@OwnedBy(Role.SHARD)
final class Origin {
    private final Connector connector;
    private final UnsafeBuffer name;
    private int tunnels;

    Origin(Connector connector) {
        this.connector = connector;
        this.name = new UnsafeBuffer(connector.endpoint().name().getBytes(StandardCharsets.UTF_8));
    }

    Connector connector() {
        return connector;
    }

    /** The endpoint's name for the access log. */
    UnsafeBuffer name() {
        return name;
    }

    /** Tunnels that are open or being opened. */
    int tunnels() {
        return tunnels;
    }

    void count(int delta) {
        tunnels += delta;
    }
}
