package io.millrace.http;

import io.millrace.outcome.Outcome;

/** Why a head or body framing was refused; owned by no thread (constants). */
public enum HeadError {
    BAD_METHOD(Outcome.BAD_REQUEST, "the method is not a token"),
    BAD_TARGET(Outcome.BAD_REQUEST, "the request target is malformed"),
    BAD_VERSION(Outcome.BAD_REQUEST, "the HTTP version is malformed"),
    UNSUPPORTED_VERSION(
            Outcome.VERSION_NOT_SUPPORTED, "only HTTP/1.0 and HTTP/1.1 are served here"),
    BAD_STATUS_LINE(Outcome.BAD_REQUEST, "the status line is malformed"),
    BAD_LINE_END(Outcome.BAD_REQUEST, "a line does not end with CRLF"),
    BAD_FIELD_NAME(Outcome.BAD_REQUEST, "a field name is not a token directly followed by a colon"),
    BAD_FIELD_VALUE(Outcome.BAD_REQUEST, "a field value contains a control byte"),
    OBSOLETE_FOLD(Outcome.BAD_REQUEST, "a field value continues on the next line"),
    BAD_HOST(Outcome.BAD_REQUEST, "the Host field is missing, repeated or invalid"),
    BAD_CONTENT_LENGTH(
            Outcome.BAD_REQUEST, "Content-Length is repeated or not a plain decimal number"),
    LENGTH_AND_ENCODING(
            Outcome.BAD_REQUEST, "both Content-Length and Transfer-Encoding are present"),
    BAD_TRANSFER_ENCODING(Outcome.BAD_REQUEST, "Transfer-Encoding is not a final chunked"),
    UNKNOWN_TRANSFER_ENCODING(
            Outcome.NOT_IMPLEMENTED, "only the transfer coding chunked is implemented"),
    BAD_CHUNK(Outcome.BAD_REQUEST, "the chunked framing is malformed"),
    BAD_TRAILER(Outcome.BAD_REQUEST, "the trailer section is malformed or names a forbidden field"),
    LENGTH_REQUIRED(Outcome.LENGTH_REQUIRED, "this HTTP/1.0 request needs a Content-Length"),
    LINE_TOO_LONG(Outcome.URI_TOO_LONG, "the request line is longer than limits.requestLine"),
    HEADERS_TOO_LARGE(Outcome.HEADERS_TOO_LARGE, "the fields are larger than limits.headers"),
    TOO_MANY_HEADERS(Outcome.HEADERS_TOO_LARGE, "there are more fields than limits.headerCount"),
    METHOD_NOT_IMPLEMENTED(Outcome.NOT_IMPLEMENTED, "CONNECT is not implemented"),
    BODY_TOO_LARGE(Outcome.CONTENT_TOO_LARGE, "the body is larger than limits.body"),
    BAD_EXPECT(Outcome.EXPECTATION_FAILED, "only the expectation 100-continue is known");

    private static final HeadError[] VALUES = values();

    private final Outcome outcome;
    private final String reason;

    HeadError(Outcome outcome, String reason) {
        this.outcome = outcome;
        this.reason = reason;
    }

    /**
     * How an exchange ends when a request is refused for it; a response refused for it ends as
     * BAD_RESPONSE.
     */
    public Outcome outcome() {
        return outcome;
    }

    /** One sentence for the error body and the log. */
    public String reason() {
        return reason;
    }

    /** The negative parse result that stands for this error. */
    public int asResult() {
        return -1 - ordinal();
    }

    /** The error behind a negative parse result. */
    public static HeadError ofResult(int result) {
        return VALUES[-1 - result];
    }
}
