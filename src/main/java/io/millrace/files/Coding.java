package io.millrace.files;

/**
 * The content codings of precompressed files, what is preferred first; owned by no thread
 * (constants).
 */
enum Coding {
    BROTLI("br", ".br"),
    ZSTD("zstd", ".zst"),
    GZIP("gzip", ".gz"),
    IDENTITY("identity", "");

    /** As many as there are. */
    static final int COUNT = values().length;

    private static final Coding[] VALUES = values();

    private final String token;
    private final String suffix;

    Coding(String token, String suffix) {
        this.token = token;
        this.suffix = suffix;
    }

    static Coding of(int ordinal) {
        return VALUES[ordinal];
    }

    /** The name in Content-Encoding (RFC 9110, section 8.4.1; RFC 7932; RFC 8878). */
    String token() {
        return token;
    }

    /** What follows the name of the file that is not coded. */
    String suffix() {
        return suffix;
    }
}
