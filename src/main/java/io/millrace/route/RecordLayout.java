package io.millrace.route;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Layout of the table of routes by number, of host records and of texts; pure functions, safe from
 * any thread.
 *
 * <pre>
 *  route:  0 name   8 pattern   16 content type   24 body   (each a reference and a length)
 *         32 upstream   36 status   40 methods   44 tests   48 hosts   52 number of hosts
 *         56 root of files (a reference and a length)   64 site   68 (zero)
 *  host:   0 length   4 root node   8 text, zero-padded to 8 bytes (a wildcard without its "*.")
 * </pre>
 */
@OwnedBy(Role.ANY)
final class RecordLayout {
    static final int STRIDE = 72;
    static final int NAME_OFFSET = 0;
    static final int PATTERN_OFFSET = 8;
    static final int CONTENT_TYPE_OFFSET = 16;
    static final int BODY_OFFSET = 24;
    static final int UPSTREAM_OFFSET = 32;
    static final int STATUS_OFFSET = 36;
    static final int METHODS_OFFSET = 40;
    static final int TESTS_OFFSET = 44;
    static final int HOSTS_OFFSET = 48;
    static final int HOST_COUNT_OFFSET = 52;
    static final int ROOT_OFFSET = 56;
    static final int SITE_OFFSET = 64;

    /** A reference and a length. */
    static final int TEXT_STRIDE = 8;

    static final int HOST_ROOT_OFFSET = 4;
    static final int HOST_TEXT_OFFSET = 8;

    private RecordLayout() {}

    /** The text that a pair of reference and length stands for. */
    static String text(UnsafeBuffer image, int pair) {
        return image.getStringWithoutLengthUtf8(image.getInt(pair), image.getInt(pair + 4));
    }
}
