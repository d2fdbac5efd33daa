package io.millrace.config.server;

/** Which shard serves a connection; owned by no thread (constants). */
public enum Steering {
    CPU("cpu"),
    HASH("hash"),
    NONE("none");

    private final String word;

    Steering(String word) {
        this.word = word;
    }

    /** As the file writes it. */
    @Override
    public String toString() {
        return word;
    }
}
