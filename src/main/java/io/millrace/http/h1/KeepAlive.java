package io.millrace.http.h1;

import io.millrace.http.ConnectionOptions;
import io.millrace.roles.HotPath;

/**
 * Whether a connection outlives a message (RFC 9112, section 9.3); owned by no thread (pure
 * functions).
 */
@HotPath
final class KeepAlive {
    private KeepAlive() {}

    /** From the flags of {@link ConnectionOptions}: close wins, HTTP/1.0 must ask for it. */
    static boolean wanted(int options, int minorVersion) {
        if ((options & ConnectionOptions.CLOSE) != 0) {
            return false;
        }
        return minorVersion > 0 || (options & ConnectionOptions.KEEP_ALIVE) != 0;
    }
}
