package io.millrace.sni;

/**
 * Alerts sent before any key is agreed on (RFC 8446, section 6); owned by no thread (constants).
 */
public final class TlsAlert {
    private static final byte ALERT = 21;
    private static final byte FATAL = 2;
    private static final byte UNRECOGNIZED_NAME = 112;

    private TlsAlert() {}

    /** The record that says that nobody answers to the name (RFC 6066, section 3). */
    public static byte[] unrecognizedName() {
        return new byte[] {ALERT, 3, 3, 0, 2, FATAL, UNRECOGNIZED_NAME};
    }
}
