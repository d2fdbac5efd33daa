package io.millrace.route;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Layout of what a route asks for beyond host, path and the known methods; pure functions, safe
 * from any thread.
 *
 * <pre>
 *   0 further methods   4 header tests   8 query tests   12 (zero)
 *  then in this order for each: 0 kind   4 name   8 name's length   12 value   16 value's length
 * </pre>
 */
@HotPath
@OwnedBy(Role.ANY)
final class TestLayout {
    static final int EXACT = 0;
    static final int PREFIX = 1;
    static final int PRESENT = 2;
    static final int ABSENT = 3;

    static final int HEADERS_OFFSET = 4;
    static final int QUERY_OFFSET = 8;
    static final int HEADER_LENGTH = 16;
    static final int NAME_OFFSET = 4;
    static final int NAME_LENGTH_OFFSET = 8;
    static final int VALUE_OFFSET = 12;
    static final int VALUE_LENGTH_OFFSET = 16;
    static final int STRIDE = 20;

    private TestLayout() {}

    static int length(int entries) {
        return RouteImage.align(HEADER_LENGTH + entries * STRIDE);
    }

    static int methodCount(UnsafeBuffer image, int tests) {
        return image.getInt(tests);
    }

    static int headerCount(UnsafeBuffer image, int tests) {
        return image.getInt(tests + HEADERS_OFFSET);
    }

    static int queryCount(UnsafeBuffer image, int tests) {
        return image.getInt(tests + QUERY_OFFSET);
    }

    static int entry(int tests, int index) {
        return tests + HEADER_LENGTH + index * STRIDE;
    }

    static int kind(UnsafeBuffer image, int entry) {
        return image.getInt(entry);
    }

    static int name(UnsafeBuffer image, int entry) {
        return image.getInt(entry + NAME_OFFSET);
    }

    static int nameLength(UnsafeBuffer image, int entry) {
        return image.getInt(entry + NAME_LENGTH_OFFSET);
    }

    static int value(UnsafeBuffer image, int entry) {
        return image.getInt(entry + VALUE_OFFSET);
    }

    static int valueLength(UnsafeBuffer image, int entry) {
        return image.getInt(entry + VALUE_LENGTH_OFFSET);
    }
}
