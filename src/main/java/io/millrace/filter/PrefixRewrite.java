package io.millrace.filter;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts something in the place of the segments that a path begins with; immutable, safe from any
 * thread.
 */
@HotPath
@OwnedBy(Role.ANY)
public final class PrefixRewrite implements Filter {
    private final byte[] prefix;
    private final byte[] replacement;

    /**
     * A rewriting.
     *
     * @param prefix without a slash at its end; empty for the root
     * @param replacement likewise
     */
    public PrefixRewrite(byte[] prefix, byte[] replacement) {
        this.prefix = prefix.clone();
        this.replacement = replacement.clone();
    }

    @Override
    public String kind() {
        return "rewrite";
    }

    @Override
    public Verdict onRequest(FilterRequest request) {
        if (begins(request)) {
            HeadEdits to = request.toOrigin;
            int rest = request.pathLength() - prefix.length;
            int from = request.pathOffset() + prefix.length;
            // Two slashes at the beginning would name a host (RFC 3986, section 4.2).
            while (replacement.length == 0 && rest > 1 && request.path().getByte(from + 1) == '/') {
                from++;
                rest--;
            }
            to.beginTarget();
            to.value(replacement);
            to.value(request.path(), from, rest);
            if (replacement.length == 0 && rest == 0) {
                to.valueByte((byte) '/');
            }
            PathRewrite.query(request.head(), to);
        }
        return Verdict.NEXT;
    }

    private boolean begins(FilterRequest request) {
        int length = request.pathLength();
        UnsafeBuffer path = request.path();
        int from = request.pathOffset();
        if (length < prefix.length
                || (length > prefix.length && path.getByte(from + prefix.length) != '/')) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (path.getByte(from + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
