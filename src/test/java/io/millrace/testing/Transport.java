package io.millrace.testing;

/** The transports that every contract is run on; owned by no thread (constants). */
public enum Transport {
    IO_URING("io_uring"),
    EPOLL("epoll");

    private final String key;

    Transport(String key) {
        this.key = key;
    }

    /** As written in the configuration. */
    public String key() {
        return key;
    }
}
