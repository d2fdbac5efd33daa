package io.millrace.balance;

/** The ways to choose an endpoint; owned by no thread (constants). */
public enum Algorithm {
    /** Smooth weighted round robin. */
    ROUND_ROBIN,
    /** The less loaded of two picked at random ("power of two choices"). */
    LEAST_REQUEST,
    /** At random, by weight. */
    RANDOM
}
