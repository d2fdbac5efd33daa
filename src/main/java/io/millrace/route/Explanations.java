package io.millrace.route;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts the steps of a look-up and the parts of an image into words; pure functions, safe from any
 * thread.
 */
@OwnedBy(Role.ANY)
final class Explanations {
    private Explanations() {}

    static void host(MatchTrace trace, UnsafeBuffer image, int host, boolean wildcard) {
        String text =
                image.getStringWithoutLengthUtf8(
                        host + RecordLayout.HOST_TEXT_OFFSET, image.getInt(host));
        trace.host(wildcard ? "*." + text : text);
    }

    /**
     * Failure is 0 for a candidate that won, -1 for the method, else the entry of the test that
     * failed.
     */
    static void candidate(MatchTrace trace, UnsafeBuffer image, int candidate, int failure) {
        int route = LeafLayout.route(image, candidate);
        if (failure == 0) {
            trace.won(route);
        } else if (failure < 0) {
            trace.lostAtMethod(route);
        } else {
            int tests = LeafLayout.tests(image, candidate);
            int index = (failure - TestLayout.entry(tests, 0)) / TestLayout.STRIDE;
            int headerEnd =
                    TestLayout.methodCount(image, tests) + TestLayout.headerCount(image, tests);
            trace.lostAtTest(
                    route, (index < headerEnd ? "header " : "query ") + test(image, failure));
        }
    }

    /** A test as in {@code x-version = "v1"}. */
    static String test(UnsafeBuffer image, int entry) {
        String name = RecordLayout.text(image, entry + TestLayout.NAME_OFFSET);
        String value = RecordLayout.text(image, entry + TestLayout.VALUE_OFFSET);
        return switch (TestLayout.kind(image, entry)) {
            case TestLayout.EXACT -> name + " = \"" + value + '"';
            case TestLayout.PREFIX -> name + " begins with \"" + value + '"';
            case TestLayout.PRESENT -> name + " present";
            default -> name + " absent";
        };
    }
}
