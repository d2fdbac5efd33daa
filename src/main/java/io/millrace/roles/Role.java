package io.millrace.roles;

/** The threads of the process, by what they may do; owned by no thread (constants). */
public enum Role {
    /** One shard's pinned event-loop thread: never blocks, never allocates per request. */
    SHARD,
    /** The control plane's conductor thread: may block and allocate. */
    CONDUCTOR,
    /** Safe from every thread: immutable, or synchronised by its own means. */
    ANY
}
