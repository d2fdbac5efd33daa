package io.millrace.files;

import io.millrace.http.HeaderId;
import io.millrace.http.HttpDate;
import io.millrace.roles.HotPath;

/**
 * Evaluates conditional requests in the order of RFC 9110, section 13.2.2; owned by no thread (pure
 * functions).
 */
@HotPath
public final class Conditions {
    /** The request is to be answered as if it had no conditions. */
    public static final int PASSED = 200;

    /** The client has it already. */
    public static final int NOT_MODIFIED = 304;

    /** What the client builds on is gone. */
    public static final int FAILED = 412;

    private Conditions() {}

    /** One of {@link #PASSED}, {@link #NOT_MODIFIED} and {@link #FAILED}. */
    public static int evaluate(FileRequest request, OpenFile file, long nowSeconds) {
        if (request.count() == 0) {
            return PASSED;
        }
        if (request.has(HeaderId.IF_MATCH)) {
            if (!tagged(request, HeaderId.IF_MATCH, file, false)) {
                return FAILED;
            }
        } else if (changedSince(request, HeaderId.IF_UNMODIFIED_SINCE, file, nowSeconds)) {
            return FAILED;
        }
        if (request.has(HeaderId.IF_NONE_MATCH)) {
            return tagged(request, HeaderId.IF_NONE_MATCH, file, true) ? NOT_MODIFIED : PASSED;
        }
        int since = request.single(HeaderId.IF_MODIFIED_SINCE);
        boolean dated = since >= 0 && date(request, since, nowSeconds) != HttpDate.NONE;
        boolean changed = changedSince(request, HeaderId.IF_MODIFIED_SINCE, file, nowSeconds);
        return dated && !changed ? NOT_MODIFIED : PASSED;
    }

    /**
     * Whether a Range field counts: without an If-Range it does, with one only if its validator is
     * a strong one and fits (RFC 9110, section 13.1.5).
     */
    public static boolean rangeCounts(FileRequest request, OpenFile file, long nowSeconds) {
        if (!request.has(HeaderId.IF_RANGE)) {
            return true;
        }
        int field = request.single(HeaderId.IF_RANGE);
        if (field < 0) {
            return false;
        }
        if (EntityTags.isSame(
                request.bytes, request.offset(field), request.length(field), file.etag)) {
            return true;
        }
        // A date is a strong validator only when the file cannot have changed again within its
        // second (section 8.8.2.2).
        return date(request, field, nowSeconds) == file.modifiedSeconds
                && nowSeconds > file.modifiedSeconds + 1;
    }

    private static boolean tagged(FileRequest request, int id, OpenFile file, boolean weakly) {
        for (int i = 0; i < request.count(); i++) {
            if (request.id(i) == id
                    && EntityTags.contain(
                            request.bytes,
                            request.offset(i),
                            request.length(i),
                            file.etag,
                            weakly)) {
                return true;
            }
        }
        return false;
    }

    /** False as well when there is no such field, or no date in it, or more than one. */
    private static boolean changedSince(
            FileRequest request, int id, OpenFile file, long nowSeconds) {
        int field = request.single(id);
        if (field < 0) {
            return false;
        }
        long date = date(request, field, nowSeconds);
        return date != HttpDate.NONE && file.modifiedSeconds > date;
    }

    private static long date(FileRequest request, int field, long nowSeconds) {
        return HttpDate.parse(
                request.bytes, request.offset(field), request.length(field), nowSeconds);
    }
}
