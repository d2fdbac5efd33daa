package io.millrace.outcome;

/**
 * The closed list of endings of an exchange or a tunnel; owned by no thread (constants).
 *
 * <p>Reply, retry, metric label and log column all derive from it. A status of 0 means that nothing
 * is sent to the client (it is gone, or has already got a part of a response).
 */
public enum Outcome {
    OK("ok", Blame.NONE, 0, false, "--"),
    RESPONDED("responded", Blame.NONE, 0, false, "LR"),
    FILE_SERVED("file_served", Blame.NONE, 0, false, "LF"),
    BAD_REQUEST("bad_request", Blame.CLIENT, 400, false, "CP"),
    REQUEST_TIMEOUT("request_timeout", Blame.CLIENT, 408, false, "cR"),
    LENGTH_REQUIRED("length_required", Blame.CLIENT, 411, false, "CP"),
    CONTENT_TOO_LARGE("content_too_large", Blame.CLIENT, 413, false, "CL"),
    URI_TOO_LONG("uri_too_long", Blame.CLIENT, 414, false, "CL"),
    EXPECTATION_FAILED("expectation_failed", Blame.CLIENT, 417, false, "CP"),
    HEADERS_TOO_LARGE("headers_too_large", Blame.CLIENT, 431, false, "CL"),
    NOT_IMPLEMENTED("not_implemented", Blame.CLIENT, 501, false, "CP"),
    VERSION_NOT_SUPPORTED("version_not_supported", Blame.CLIENT, 505, false, "CP"),
    CLIENT_ABORT("client_abort", Blame.CLIENT, 0, false, "CD"),
    CLIENT_TIMEOUT("client_timeout", Blame.CLIENT, 0, false, "cD"),
    NO_ROUTE("no_route", Blame.CLIENT, 404, false, "NR"),
    METHOD_NOT_ALLOWED("method_not_allowed", Blame.CLIENT, 405, false, "NM"),
    RATE_LIMITED("rate_limited", Blame.CLIENT, 429, false, "NL"),
    FORBIDDEN("forbidden", Blame.CLIENT, 403, false, "NP"),
    FILE_NOT_FOUND("file_not_found", Blame.CLIENT, 404, false, "NF"),
    PRECONDITION_FAILED("precondition_failed", Blame.CLIENT, 412, false, "LP"),
    RANGE_NOT_SATISFIABLE("range_not_satisfiable", Blame.CLIENT, 416, false, "LQ"),
    FILES_BUSY("files_busy", Blame.PROXY, 503, false, "FQ"),
    FILE_ERROR("file_error", Blame.PROXY, 500, false, "FE"),
    FILE_TRUNCATED("file_truncated", Blame.PROXY, 0, false, "FD"),
    CONNECT_FAILED("connect_failed", Blame.UPSTREAM, 502, true, "SC"),
    CONNECT_TIMEOUT("connect_timeout", Blame.UPSTREAM, 504, true, "sC"),
    UPSTREAM_CLOSED("upstream_closed", Blame.UPSTREAM, 502, true, "SH"),
    BAD_RESPONSE("bad_response", Blame.UPSTREAM, 502, false, "PH"),
    RESPONSE_TIMEOUT("response_timeout", Blame.UPSTREAM, 504, false, "sH"),
    BODY_INCOMPLETE("body_incomplete", Blame.UPSTREAM, 0, false, "SD"),
    BODY_TIMEOUT("body_timeout", Blame.UPSTREAM, 0, false, "sD"),
    NO_ENDPOINT("no_endpoint", Blame.PROXY, 503, false, "NE"),
    POOL_FULL("pool_full", Blame.PROXY, 503, false, "PQ"),
    POOL_TIMEOUT("pool_timeout", Blame.PROXY, 503, false, "pQ"),
    DRAINING("draining", Blame.PROXY, 503, false, "DR"),
    INTERNAL_ERROR("internal_error", Blame.PROXY, 500, false, "IE"),
    NOT_TLS("not_tls", Blame.CLIENT, 0, false, "CP"),
    HELLO_TOO_LARGE("hello_too_large", Blame.CLIENT, 0, false, "CL"),
    UNRECOGNIZED_NAME("unrecognized_name", Blame.CLIENT, 0, false, "NR"),
    TOO_MANY_CONNECTIONS("too_many_connections", Blame.PROXY, 0, false, "PQ"),
    UPSTREAM_ABORT("upstream_abort", Blame.UPSTREAM, 0, false, "SD"),
    TUNNEL_IDLE("tunnel_idle", Blame.PROXY, 0, false, "tT");

    private final String label;
    private final Blame blame;
    private final int status;
    private final boolean retryable;
    private final String letters;

    Outcome(String label, Blame blame, int status, boolean retryable, String letters) {
        this.label = label;
        this.blame = blame;
        this.status = status;
        this.retryable = retryable;
        this.letters = letters;
    }

    /** The stable name used in metrics, logs and error bodies. */
    public String label() {
        return label;
    }

    /** Whose doing it is. */
    public Blame blame() {
        return blame;
    }

    /** The status code sent when nothing was sent before, or 0 to send nothing. */
    public int status() {
        return status;
    }

    /**
     * Whether it is still certain where the next request begins, so that the connection can be
     * kept: the request was understood, whatever was found wrong with it then.
     */
    public boolean leavesFramingSound() {
        return switch (this) {
            case NO_ROUTE,
                    METHOD_NOT_ALLOWED,
                    RATE_LIMITED,
                    FORBIDDEN,
                    FILE_NOT_FOUND,
                    PRECONDITION_FAILED,
                    RANGE_NOT_SATISFIABLE ->
                    true;
            default -> blame != Blame.CLIENT;
        };
    }

    /**
     * Whether a response that has begun ends before its time, through no fault of the client's: its
     * connection must not end as if it were complete.
     */
    public boolean truncates() {
        return status == 0 && (blame == Blame.UPSTREAM || blame == Blame.PROXY);
    }

    /** Whether another connection may be tried, given that the request allows it. */
    public boolean retryable() {
        return retryable;
    }

    /** The two letters of the access log, in the manner of HAProxy's termination state. */
    public String letters() {
        return letters;
    }
}
