package io.millrace.downstream;

/** Where a client's connection stands; printed by its name in dumps. */
enum State {
    /** Waits for a head, or for the rest of one. */
    HEAD,
    /** Passes the body of the request under way on. */
    BODY,
    /** The request is complete, its answer is not. */
    REPLY,
    /** The answer is complete, the rest of the request's body is dropped. */
    DISCARD,
    /** Nothing more is sent; what still comes is dropped. */
    LINGER,
    CLOSED
}
