package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.roles.HotPath;

/**
 * Field names that may not stand in trailers, known by hash (RFC 9110, section 6.5.1); owned by no
 * thread (constants).
 *
 * <p>They concern framing, routing, authentication, request modifiers, response control or how
 * content is read. The fields that this proxy writes itself are here too, so that no trailer can
 * pose as one of them.
 */
@HotPath
final class ForbiddenTrailers {
    /** The hash of no bytes (FNV-1a, 64 bits). */
    static final long EMPTY = 0xcbf29ce484222325L;

    private static final long PRIME = 0x100000001b3L;

    private static final long[] HASHES =
            hashes(
                    "content-length",
                    "transfer-encoding",
                    "host",
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "upgrade",
                    "authorization",
                    "proxy-authorization",
                    "proxy-authenticate",
                    "www-authenticate",
                    "cookie",
                    "set-cookie",
                    "content-type",
                    "content-encoding",
                    "content-range",
                    "cache-control",
                    "expect",
                    "max-forwards",
                    "pragma",
                    "range",
                    "if-match",
                    "if-none-match",
                    "if-modified-since",
                    "if-unmodified-since",
                    "if-range",
                    "age",
                    "date",
                    "expires",
                    "location",
                    "retry-after",
                    "vary",
                    "warning",
                    "forwarded",
                    "via",
                    "x-forwarded-for",
                    "x-forwarded-proto",
                    "x-forwarded-host",
                    "x-forwarded-port",
                    "x-real-ip",
                    "x-request-id");

    private ForbiddenTrailers() {}

    /** The hash of the name so far with one more byte, in whatever case. */
    static long hash(long hash, byte b) {
        return (hash ^ Ascii.toLower(b)) * PRIME;
    }

    /** Whether a name with this hash is forbidden. */
    static boolean contains(long hash) {
        for (long forbidden : HASHES) {
            if (forbidden == hash) {
                return true;
            }
        }
        return false;
    }

    private static long[] hashes(String... names) {
        long[] hashes = new long[names.length];
        for (int i = 0; i < names.length; i++) {
            long hash = EMPTY;
            for (int c = 0; c < names[i].length(); c++) {
                hash = hash(hash, (byte) names[i].charAt(c));
            }
            hashes[i] = hash;
        }
        return hashes;
    }
}
