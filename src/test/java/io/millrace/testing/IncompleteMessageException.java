package io.millrace.testing;

import java.io.EOFException;

/**
 * Says that the connection ended in an orderly way inside a message; owned by the thread that
 * reads.
 */
public final class IncompleteMessageException extends EOFException {
    private static final long serialVersionUID = 1L;

    public IncompleteMessageException(String where) {
        super("the connection ended " + where);
    }
}
