package io.millrace.store;

/**
 * The tables could not be opened, read or written; the message is for people; owned by no thread.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    StoreException(String message) {
        super(message);
    }
}
