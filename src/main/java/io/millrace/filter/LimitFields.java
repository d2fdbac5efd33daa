package io.millrace.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.filter.limit.Decision;
import io.millrace.filter.limit.RateLimit;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Tells clients how far they are from a limit; immutable, safe from any thread.
 *
 * <p>The draft's fields are those of draft-ietf-httpapi-ratelimit-headers: a policy of {@code q}
 * requests in {@code w} seconds, of which {@code r} remain and all again in {@code t} seconds.
 */
@HotPath
@OwnedBy(Role.ANY)
public final class LimitFields {
    /** No field at all. */
    public static final LimitFields OFF = new LimitFields(new byte[0], new byte[0], 0, false);

    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final byte[] RETRY_AFTER = "Retry-After".getBytes(US_ASCII);
    private static final byte[] POLICY = "RateLimit-Policy".getBytes(US_ASCII);
    private static final byte[] STATE = "RateLimit".getBytes(US_ASCII);
    private static final byte[] LIMIT = "X-RateLimit-Limit".getBytes(US_ASCII);
    private static final byte[] REMAINING = "X-RateLimit-Remaining".getBytes(US_ASCII);
    private static final byte[] RESET = "X-RateLimit-Reset".getBytes(US_ASCII);
    private static final byte[] R = ";r=".getBytes(US_ASCII);
    private static final byte[] T = ";t=".getBytes(US_ASCII);

    private final byte[] quotedName;
    private final byte[] policy;
    private final int capacity;
    private final boolean legacy;

    private LimitFields(byte[] quotedName, byte[] policy, int capacity, boolean legacy) {
        this.quotedName = quotedName;
        this.policy = policy;
        this.capacity = capacity;
        this.legacy = legacy;
    }

    /** The draft's fields. */
    public static LimitFields draft(RateLimit limit) {
        String quoted = '"' + limit.name() + '"';
        String policy = quoted + ";q=" + limit.capacity() + ";w=" + seconds(limit.spanNs());
        return new LimitFields(
                quoted.getBytes(US_ASCII), policy.getBytes(US_ASCII), limit.capacity(), false);
    }

    /** The fields that many services have sent before there was a draft. */
    public static LimitFields legacy(RateLimit limit) {
        return new LimitFields(new byte[0], new byte[0], limit.capacity(), true);
    }

    void write(Decision decision, HeadEdits to) {
        if (legacy) {
            number(LIMIT, capacity, to);
            number(REMAINING, decision.remaining(), to);
            number(RESET, seconds(decision.resetNs()), to);
        } else if (policy.length > 0) {
            to.addLine(POLICY, policy);
            to.beginLine(STATE);
            to.value(quotedName);
            to.value(R);
            to.decimal(decision.remaining());
            to.value(T);
            to.decimal(seconds(decision.resetNs()));
            to.endLine();
        }
    }

    /** When it is worth while to come back (RFC 9110, section 10.2.3); never sooner than that. */
    static void retryAfter(Decision decision, HeadEdits to) {
        if (decision.retryAfterNs() != Decision.NEVER) {
            number(RETRY_AFTER, Math.max(1, seconds(decision.retryAfterNs())), to);
        }
    }

    private static void number(byte[] name, long value, HeadEdits to) {
        to.beginLine(name);
        to.decimal(value);
        to.endLine();
    }

    private static long seconds(long ns) {
        return (ns + NS_PER_SECOND - 1) / NS_PER_SECOND;
    }
}
