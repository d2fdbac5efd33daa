package io.millrace.filter;

/** What becomes of a request that a filter has seen; owned by no thread (constants). */
public enum Verdict {
    /** It goes on to the next filter. */
    NEXT,
    /** It is answered as its {@link FilterAnswer} says, and goes no further. */
    ANSWER
}
