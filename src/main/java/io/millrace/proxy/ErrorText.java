package io.millrace.proxy;

import io.millrace.http.HeadError;
import io.millrace.http.HttpReasons;
import io.millrace.outcome.Outcome;
import java.nio.charset.StandardCharsets;

/** The sentences of error replies; owned by no thread (constants). */
final class ErrorText {
    private static final byte[][] HEAD_ERRORS = new byte[HeadError.values().length][];

    static {
        for (HeadError error : HeadError.values()) {
            HEAD_ERRORS[error.ordinal()] = error.reason().getBytes(StandardCharsets.US_ASCII);
        }
    }

    private ErrorText() {}

    static String message(Outcome outcome) {
        return switch (outcome) {
            case OK, RESPONDED, FILE_SERVED -> "";
            case BAD_REQUEST -> "the request is malformed";
            case REQUEST_TIMEOUT -> "the request did not arrive in time";
            case LENGTH_REQUIRED -> "the request needs a Content-Length";
            case CONTENT_TOO_LARGE -> "the body is larger than limits.body allows";
            case URI_TOO_LONG -> "the request line is longer than limits.requestLine allows";
            case EXPECTATION_FAILED -> "only the expectation 100-continue is known";
            case HEADERS_TOO_LARGE -> "the fields exceed limits.headers or limits.headerCount";
            case NOT_IMPLEMENTED -> "the method or transfer coding is not implemented";
            case VERSION_NOT_SUPPORTED -> "only HTTP/1.0 and HTTP/1.1 are served here";
            case CLIENT_ABORT -> "the client left";
            case CLIENT_TIMEOUT -> "the client did not take its response in time";
            case NO_ROUTE -> "no route matches this host and path";
            case METHOD_NOT_ALLOWED -> "a route matches this path, but not with this method";
            case RATE_LIMITED -> "there were too many requests; come back later";
            case FORBIDDEN -> "this request is not admitted here";
            case FILE_NOT_FOUND -> "there is no such file";
            case PRECONDITION_FAILED -> "the file is not the one that the request is about";
            case RANGE_NOT_SATISFIABLE -> "no part of the range is in the file";
            case FILES_BUSY -> "too many files wait to be opened";
            case FILE_ERROR -> "the file cannot be read";
            case FILE_TRUNCATED -> "the file became shorter while it was sent";
            case CONNECT_FAILED -> "no connection to the origin could be made";
            case CONNECT_TIMEOUT -> "connecting to the origin took too long";
            case UPSTREAM_CLOSED -> "the origin closed the connection before it answered";
            case BAD_RESPONSE -> "the origin's response is malformed";
            case RESPONSE_TIMEOUT -> "the origin did not answer in time";
            case BODY_INCOMPLETE -> "the origin's response ended too early";
            case BODY_TIMEOUT -> "the origin's response stalled";
            case NO_ENDPOINT -> "the upstream has no endpoint that can be reached";
            case POOL_FULL -> "too many requests wait for a connection to the origin";
            case POOL_TIMEOUT -> "no connection to the origin became free in time";
            case DRAINING -> "this gateway is being stopped";
            case INTERNAL_ERROR -> "the gateway has a fault";
            case NOT_TLS,
                    HELLO_TOO_LARGE,
                    UNRECOGNIZED_NAME,
                    TOO_MANY_CONNECTIONS,
                    UPSTREAM_ABORT,
                    TUNNEL_IDLE ->
                    "the connection is passed on unread";
        };
    }

    /** What exactly is wrong with a head. */
    static byte[] of(HeadError error) {
        return HEAD_ERRORS[error.ordinal()];
    }

    static String reason(int status) {
        return status < 100 ? "" : HttpReasons.of(status);
    }
}
