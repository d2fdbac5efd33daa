package io.millrace.upstream;

/** How a response's body is delimited (RFC 9112, section 6.3); owned by no thread (constants). */
public enum ResponseFraming {
    /** No body follows. */
    NONE,
    /** Content-Length. */
    LENGTH,
    /** Transfer-Encoding: chunked. */
    CHUNKED,
    /** Until the origin closes. */
    UNTIL_CLOSE
}
