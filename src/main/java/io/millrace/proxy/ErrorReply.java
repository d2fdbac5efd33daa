package io.millrace.proxy;

import io.millrace.encode.RequestId;
import io.millrace.encode.ResponseEncoder.Persistence;
import io.millrace.filter.FilterAnswer;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.outcome.Outcome;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.jspecify.annotations.Nullable;

/**
 * What goes into one answer of our own, an error mostly; owned by one shard, filled anew for each.
 */
@OwnedBy(Role.SHARD)
final class ErrorReply {
    static final byte[] OWN_MESSAGE = new byte[0];

    final RequestId id;
    Outcome outcome = Outcome.INTERNAL_ERROR;
    Persistence persistence = Persistence.CLOSE;

    /** What exactly is wrong, or {@link #OWN_MESSAGE} for the outcome's own sentence. */
    byte[] message = OWN_MESSAGE;

    /** Status of a filter's answer that is no error; 0 for the outcome's own. */
    int status;

    /** Body of a filter's answer; null for the uniform error. */
    byte @Nullable [] body;

    /** Content-Type of that body. */
    byte @Nullable [] contentType;

    boolean json = true;
    boolean headRequest;

    /** For the Allow field of a 405, one bit per method id. */
    int allowedMethods;

    /** For the Content-Range field of a 416: how long the file is. */
    long unsatisfiedLength;

    ErrorReply(RequestId id) {
        this.id = id;
    }

    void reset() {
        message = OWN_MESSAGE;
        status = 0;
        body = null;
        contentType = null;
        json = true;
        headRequest = false;
        allowedMethods = 0;
        unsatisfiedLength = 0;
    }

    /** Takes over what a filter answers. */
    void take(FilterAnswer answer) {
        status = answer.status;
        body = answer.body;
        contentType = answer.contentType;
    }

    /** The status code of the answer. */
    int status() {
        return status != 0 ? status : outcome.status();
    }

    /** Notes what the request says of the form of an answer. */
    void onHead(RequestHead received) {
        headRequest = received.method == MethodId.HEAD;
        json = ErrorFormat.prefersJson(received);
    }
}
