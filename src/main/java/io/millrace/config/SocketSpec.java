package io.millrace.config;

import io.millrace.config.option.Wording;
import io.millrace.config.option.WrittenAs;
import io.millrace.config.syntax.AddressSyntax;
import java.nio.charset.StandardCharsets;

/**
 * An address as written: where to bind, or where an endpoint is; immutable, safe from any thread.
 */
@WrittenAs(
        value = "an address: IPv4:port, \"[IPv6]:port\", name:port or unix:/path",
        pattern = "unix:/.+|\\[[0-9A-Fa-f:.]+\\]:[0-9]{1,5}|[A-Za-z0-9._-]+:[0-9]{1,5}")
public sealed interface SocketSpec {
    /** What the kernel takes as a socket's path, without its closing NUL. */
    int LONGEST_UNIX_PATH = 107;

    /**
     * TCP.
     *
     * @param host IPv4 or IPv6 literal without brackets, or a host name (endpoints only)
     * @param port 0 to 65535; 0 lets the kernel choose (binds only)
     */
    record Tcp(String host, int port) implements SocketSpec {
        /** True when the host is an address and not a name. */
        public boolean isLiteral() {
            return AddressSyntax.isIpv4(host) || AddressSyntax.isIpv6(host);
        }

        /** As the file writes it. */
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /** A stream socket in the file system, written {@code unix:/path}. */
    record Unix(String path) implements SocketSpec {
        /** As the file writes it. */
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /** Reads {@code 10.0.0.1:80}, {@code [::1]:80}, {@code name:80} or {@code unix:/path}. */
    static SocketSpec parse(String text) {
        if (text.startsWith("unix:")) {
            return unix(text, text.substring("unix:".length()));
        }
        int colon = text.lastIndexOf(':');
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0
                    || colon != close + 1
                    || !AddressSyntax.isIpv6(text.substring(1, close))) {
                throw wrong(text, "write an IPv6 address as \"[::1]:8080\"");
            }
            return new Tcp(text.substring(1, close), port(text, colon));
        }
        if (colon < 0) {
            throw wrong(
                    text,
                    "it has no port; write " + (text.isEmpty() ? "127.0.0.1" : text) + ":8080");
        }
        String host = text.substring(0, colon);
        if (host.indexOf(':') >= 0) {
            throw wrong(text, "put an IPv6 address in brackets and quotes, as in \"[::1]:8080\"");
        }
        if (host.isEmpty()) {
            throw wrong(
                    text, "write 0.0.0.0" + text + " for IPv4 or \"[::]" + text + "\" for both");
        }
        if (!AddressSyntax.isIpv4(host) && !AddressSyntax.isHostName(host)) {
            throw wrong(text, "write an IPv4 address, \"[IPv6]\" or a host name before the port");
        }
        return new Tcp(host, port(text, colon));
    }

    private static SocketSpec unix(String text, String path) {
        int length = path.getBytes(StandardCharsets.UTF_8).length;
        if (!path.startsWith("/") || length > LONGEST_UNIX_PATH || path.indexOf('\0') >= 0) {
            throw wrong(
                    text,
                    "write unix: and an absolute path of at most " + LONGEST_UNIX_PATH + " bytes");
        }
        return new Unix(path);
    }

    private static int port(String text, int colon) {
        String digits = text.substring(colon + 1);
        int port = 0;
        for (int i = 0; i < digits.length() && port <= 65_535; i++) {
            int digit = digits.charAt(i) - '0';
            port = digit < 0 || digit > 9 ? Integer.MAX_VALUE : port * 10 + digit;
        }
        if (digits.isEmpty() || port > 65_535) {
            throw wrong(text, "the port must be a number from 0 to 65535");
        }
        return port;
    }

    private static IllegalArgumentException wrong(String text, String right) {
        return new IllegalArgumentException(Wording.quote(text) + " is not an address; " + right);
    }
}
