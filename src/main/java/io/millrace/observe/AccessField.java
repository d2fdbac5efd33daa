package io.millrace.observe;

/** The variable-length fields of an access log record; owned by no thread (constants). */
public enum AccessField {
    LISTENER("listener", 255, true),
    ROUTE("route", 255, true),
    CLIENT("client", 64, false),
    METHOD("method", 32, false),
    HOST("host", 255, false),
    TARGET("target", 1024, false),
    UPSTREAM("upstream", 255, true),
    REQUEST_ID("request_id", 128, false),
    SERVER_NAME("server_name", 255, false);

    private static final AccessField[] VALUES = values();

    private final String key;
    private final int limitBytes;
    private final boolean ours;

    AccessField(String key, int limitBytes, boolean ours) {
        this.key = key;
        this.limitBytes = limitBytes;
        this.ours = ours;
    }

    static int count() {
        return VALUES.length;
    }

    static AccessField of(int ordinal) {
        return VALUES[ordinal];
    }

    /** The name in a log line. */
    String key() {
        return key;
    }

    /** Longer values are cut. */
    int limitBytes() {
        return limitBytes;
    }

    /** Whether the bytes come out of our configuration (UTF-8), not from a peer (anything). */
    boolean ours() {
        return ours;
    }
}
