package io.millrace.server;

/** The gateway cannot start; the message is for the operator. */
public final class StartException extends RuntimeException {
    /** Exit code for a wrong configuration. */
    public static final int WRONG_CONFIGURATION = 1;

    /** Exit code for anything else that prevents the start. */
    public static final int CANNOT_START = 3;

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public StartException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** What the process should exit with. */
    public int exitCode() {
        return exitCode;
    }
}
