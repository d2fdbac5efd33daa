package io.millrace.config.server;

/** Which native transport to use; owned by no thread (constants). */
public enum TransportChoice {
    AUTO("auto"),
    IO_URING("io_uring"),
    EPOLL("epoll");

    private final String word;

    TransportChoice(String word) {
        this.word = word;
    }

    /** As the file writes it. */
    @Override
    public String toString() {
        return word;
    }
}
