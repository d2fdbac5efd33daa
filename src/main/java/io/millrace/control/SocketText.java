package io.millrace.control;

import io.millrace.config.SocketSpec;

/**
 * Writes addresses as they are written in the configuration; owned by no thread (pure functions).
 */
public final class SocketText {
    private SocketText() {}

    /** For instance {@code 10.0.0.1:80}, {@code [::1]:80} or {@code unix:/run/app.sock}. */
    public static String of(SocketSpec spec) {
        return switch (spec) {
            case SocketSpec.Unix unix -> "unix:" + unix.path();
            case SocketSpec.Tcp tcp ->
                    (tcp.host().indexOf(':') >= 0 ? "[" + tcp.host() + "]" : tcp.host())
                            + ":"
                            + tcp.port();
        };
    }
}
