package io.millrace.proxy;

/** Where an exchange stands; printed by its name in dumps; owned by no thread (constants). */
enum Phase {
    FREE,
    ROUTE,
    BALANCE,
    /** Has an endpoint, and waits for earlier answers before it takes a connection of its own. */
    QUEUE,
    /** Waits for a connection. */
    ACQUIRE,
    FORWARD,
    /** Waits for the response's head. */
    RESPONSE,
    /** Waits for more of the response's body. */
    RELAY,
    /** Waits for a file to be found, or for its bytes to leave. */
    FILE,
    REPLY,
    FINISH,
    /** Is complete, and waits for the answers to earlier requests to leave. */
    TURN
}
