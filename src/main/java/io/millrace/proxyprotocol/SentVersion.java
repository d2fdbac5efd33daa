package io.millrace.proxyprotocol;

/** Which header opens a connection to an origin; owned by no thread (constants). */
public enum SentVersion {
    /** None. */
    OFF,
    V1,
    V2
}
