package io.millrace.http;

/**
 * What a head may measure; immutable, safe from any thread.
 *
 * @param requestLineBytes longest request or status line, without its CRLF
 * @param headersBytes largest field section, its line ends included
 * @param headerCount most fields
 */
public record HeadLimits(int requestLineBytes, int headersBytes, int headerCount) {
    /** The documented defaults: 8 KiB, 64 KiB, 100. */
    public static final HeadLimits DEFAULT = new HeadLimits(8 * 1024, 64 * 1024, 100);

    /** Bytes that suffice to hold every head that is admitted. */
    public int headBytes() {
        return requestLineBytes + headersBytes + 4;
    }
}
