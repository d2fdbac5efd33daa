package io.millrace.filter;

import io.millrace.outcome.Outcome;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.jspecify.annotations.Nullable;

/** What a filter answers in the origin's place; owned by one shard, filled anew for each. */
@OwnedBy(Role.SHARD)
public final class FilterAnswer {
    /** What the ending is called in metrics and logs. */
    public Outcome outcome = Outcome.RESPONDED;

    /** The status code, or 0 for the outcome's own. */
    public int status;

    /** The body, UTF-8 if it is text; null: the uniform error of the outcome. */
    public byte @Nullable [] body;

    /** The Content-Type of that body. */
    public byte @Nullable [] contentType;

    /** Answers with an outcome's own error. */
    public Verdict error(Outcome why) {
        outcome = why;
        status = 0;
        body = null;
        contentType = null;
        return Verdict.ANSWER;
    }

    /** Answers with a status and no body. */
    public Verdict empty(int withStatus) {
        outcome = Outcome.RESPONDED;
        status = withStatus;
        body = NOTHING;
        contentType = null;
        return Verdict.ANSWER;
    }

    private static final byte[] NOTHING = {};
}
