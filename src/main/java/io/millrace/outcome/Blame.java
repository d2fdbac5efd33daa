package io.millrace.outcome;

/** Whose doing an ending is; owned by no thread (constants). */
public enum Blame {
    /** Nobody: the exchange ended as it should. */
    NONE,
    /** The client sent something wrong, was too slow, or left. */
    CLIENT,
    /** The origin refused, broke, or was too slow. */
    UPSTREAM,
    /** This process: a limit was reached, it drains, or it has a fault. */
    PROXY
}
