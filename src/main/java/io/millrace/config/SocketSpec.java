package io.millrace.config;

/** An address as written: where to bind, or where an endpoint is; immutable, safe from any thread. */
public sealed interface SocketSpec {
    /**
     * TCP.
     *
     * @param host IPv4 or IPv6 literal without brackets, or a host name (endpoints only)
     * @param port 0 to 65535; 0 lets the kernel choose (binds only)
     */
    record Tcp(String host, int port) implements SocketSpec {}

    /** A stream socket in the file system, written {@code unix:/path}. */
    record Unix(String path) implements SocketSpec {}
}
