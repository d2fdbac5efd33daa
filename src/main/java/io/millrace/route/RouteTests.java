package io.millrace.route;

import io.millrace.http.HeaderTable;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Applies the method, header and query tests of one route to a head; pure functions, safe from any
 * thread.
 *
 * <p>A field or parameter that occurs several times passes when one of its values does. Field names
 * are compared without regard to case, everything else byte by byte; queries are compared as
 * received.
 */
@HotPath
@OwnedBy(Role.ANY)
final class RouteTests {
    private RouteTests() {}

    /** Whether a route with these methods and tests admits the head's method. */
    static boolean admits(UnsafeBuffer image, int methods, int tests, RequestHead head) {
        if (methods == 0) {
            return true;
        }
        if (head.method != 0) {
            return (methods & 1 << head.method) != 0;
        }
        return (methods & 1) != 0 && admitsOther(image, tests, head);
    }

    /** The entry of the first header or query test that fails, 0 when all pass. */
    static int firstFailure(UnsafeBuffer image, int tests, RequestHead head) {
        int index = TestLayout.methodCount(image, tests);
        int headerEnd = index + TestLayout.headerCount(image, tests);
        for (; index < headerEnd; index++) {
            int entry = TestLayout.entry(tests, index);
            if (!headerPasses(image, entry, head)) {
                return entry;
            }
        }
        int queryEnd = index + TestLayout.queryCount(image, tests);
        for (; index < queryEnd; index++) {
            int entry = TestLayout.entry(tests, index);
            if (!queryPasses(image, entry, head)) {
                return entry;
            }
        }
        return 0;
    }

    private static boolean admitsOther(UnsafeBuffer image, int tests, RequestHead head) {
        for (int i = 0, count = TestLayout.methodCount(image, tests); i < count; i++) {
            int entry = TestLayout.entry(tests, i);
            int length = TestLayout.nameLength(image, entry);
            int name = TestLayout.name(image, entry);
            if (length == head.methodLength
                    && Words.equal(image, name, head.bytes, head.methodOffset, length)) {
                return true;
            }
        }
        return false;
    }

    private static boolean headerPasses(UnsafeBuffer image, int entry, RequestHead head) {
        int kind = TestLayout.kind(image, entry);
        int name = TestLayout.name(image, entry);
        int nameLength = TestLayout.nameLength(image, entry);
        HeaderTable headers = head.headers;
        for (int i = 0, count = headers.count(); i < count; i++) {
            if (headers.nameLength(i) == nameLength
                    && Words.foldedEqual(
                            image, name, head.bytes, headers.nameOffset(i), nameLength)) {
                if (kind == TestLayout.ABSENT) {
                    return false;
                }
                if (valuePasses(
                        image, entry, head.bytes, headers.valueOffset(i), headers.valueLength(i))) {
                    return true;
                }
            }
        }
        return kind == TestLayout.ABSENT;
    }

    private static boolean queryPasses(UnsafeBuffer image, int entry, RequestHead head) {
        int kind = TestLayout.kind(image, entry);
        int nameLength = TestLayout.nameLength(image, entry);
        UnsafeBuffer bytes = head.bytes;
        int end = head.queryOffset + head.queryLength;
        int from = head.queryLength < 0 ? end + 1 : head.queryOffset;
        while (from < end) {
            int pairEnd = indexOf(bytes, '&', from, end);
            int nameEnd = indexOf(bytes, '=', from, pairEnd);
            if (nameEnd - from == nameLength
                    && Words.equal(image, TestLayout.name(image, entry), bytes, from, nameLength)) {
                if (kind == TestLayout.ABSENT) {
                    return false;
                }
                int value = Math.min(nameEnd + 1, pairEnd);
                if (valuePasses(image, entry, bytes, value, pairEnd - value)) {
                    return true;
                }
            }
            from = pairEnd + 1;
        }
        return kind == TestLayout.ABSENT;
    }

    private static boolean valuePasses(
            UnsafeBuffer image, int entry, UnsafeBuffer bytes, int offset, int length) {
        int kind = TestLayout.kind(image, entry);
        int wanted = TestLayout.valueLength(image, entry);
        boolean lengthFits = kind == TestLayout.EXACT ? length == wanted : length >= wanted;
        return kind == TestLayout.PRESENT
                || (lengthFits
                        && Words.equal(
                                image, TestLayout.value(image, entry), bytes, offset, wanted));
    }

    private static int indexOf(UnsafeBuffer bytes, char wanted, int from, int end) {
        int i = from;
        while (i < end && bytes.getByte(i) != wanted) {
            i++;
        }
        return i;
    }
}
