package io.millrace.proxyprotocol;

/** Which headers a listener takes; owned by no thread (constants). */
public enum AcceptedVersions {
    /** None is expected: the first byte is the client's own. */
    OFF(false, false),
    V1(true, false),
    V2(false, true),
    /** One of either version must come first. */
    ANY(true, true);

    private final boolean v1;
    private final boolean v2;

    AcceptedVersions(boolean v1, boolean v2) {
        this.v1 = v1;
        this.v2 = v2;
    }

    boolean v1() {
        return v1;
    }

    boolean v2() {
        return v2;
    }
}
