package io.millrace.control;

/** A listener could not be bound; the message names it, the address and the cause. */
public final class BindFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public BindFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
