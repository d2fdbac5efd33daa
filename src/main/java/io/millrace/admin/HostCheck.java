package io.millrace.admin;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Refuses names in the Host field while the server listens on loopback only; owned by no thread
 * (pure functions).
 *
 * <p>Otherwise a web page could point a name of its own at 127.0.0.1 and read the answers through
 * the operator's browser (DNS rebinding). Literal addresses and {@code localhost} cannot be pointed
 * anywhere.
 */
final class HostCheck {
    private HostCheck() {}

    static boolean allows(InetAddress bound, @Nullable String host) {
        if (!bound.isLoopbackAddress() || host == null) {
            return true;
        }
        String name = withoutPort(host);
        return name.equalsIgnoreCase("localhost") || isLiteral(name);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    /** A bracketed address, or digits and dots: what no name server is asked for. */
    private static boolean isLiteral(String name) {
        return name.startsWith("[")
                || (!name.isEmpty()
                        && name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')));
    }
}
