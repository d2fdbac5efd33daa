package io.millrace.sni;

/** How far a ClientHello can be read; owned by no thread (constants). */
public enum HelloState {
    /** So far it is one, and more is needed. */
    INCOMPLETE,
    /** It is all there and well formed. */
    COMPLETE,
    /** It is none, or one that two readers could understand differently. */
    NOT_TLS,
    /** It does not fit in what is read of it. */
    TOO_LARGE
}
