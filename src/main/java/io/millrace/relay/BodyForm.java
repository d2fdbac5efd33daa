package io.millrace.relay;

/** What happens to a response body's framing on its way; owned by no thread (constants). */
public enum BodyForm {
    /** The wire bytes go on as received. */
    AS_RECEIVED,
    /** Chunk framing is taken off, for a client that speaks HTTP/1.0. */
    DECHUNK,
    /**
     * A body that ends with the origin's connection is chunked, so that the client's can be kept.
     */
    CHUNK
}
