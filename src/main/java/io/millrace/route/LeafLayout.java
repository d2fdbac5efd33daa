package io.millrace.route;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Layout of a leaf, the routes that end at one place of the tree, most specific first; pure
 * functions, safe from any thread.
 *
 * <pre>
 *   0 number of candidates   4 (zero)   then for each: 0 route   4 methods   8 tests
 * </pre>
 *
 * <p>Methods are a bit per {@link io.millrace.http.MethodId}; 0 admits every method. Bit 0 says
 * that the tests name further methods.
 */
@HotPath
@OwnedBy(Role.ANY)
final class LeafLayout {
    static final int HEADER_LENGTH = 8;
    static final int STRIDE = 12;
    static final int METHODS_OFFSET = 4;
    static final int TESTS_OFFSET = 8;

    private LeafLayout() {}

    static int length(int candidates) {
        return RouteImage.align(HEADER_LENGTH + candidates * STRIDE);
    }

    static int count(UnsafeBuffer image, int leaf) {
        return image.getInt(leaf);
    }

    static int candidate(int leaf, int index) {
        return leaf + HEADER_LENGTH + index * STRIDE;
    }

    static int route(UnsafeBuffer image, int candidate) {
        return image.getInt(candidate);
    }

    static int methods(UnsafeBuffer image, int candidate) {
        return image.getInt(candidate + METHODS_OFFSET);
    }

    static int tests(UnsafeBuffer image, int candidate) {
        return image.getInt(candidate + TESTS_OFFSET);
    }
}
