package io.millrace.server;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway is to be started; immutable, safe from any thread.
 *
 * @param strict whether a wrong or missing file is a failure even when the store holds a good
 *     generation
 * @param stateDirectory where state lies, before anything the file says; null to go by the file
 */
public record GatewayOptions(boolean strict, @Nullable Path stateDirectory) {
    /** Lenient, with the file's state directory. */
    public static final GatewayOptions DEFAULT = new GatewayOptions(false, null);
}
