package io.millrace.http;

/**
 * What a head may measure; immutable, safe from any thread.
 *
 * @param requestLineBytes longest request or status line, without its CRLF
 * @param headersBytes largest field section, the line ends of its fields included
 * @param headerCount most fields
 */
public record HeadLimits(int requestLineBytes, int headersBytes, int headerCount) {
    /** The documented defaults: 8 KiB, 64 KiB, 100. */
    public static final HeadLimits DEFAULT = new HeadLimits(8 * 1024, 64 * 1024, 100);

    // One empty line before the request line, the end of that line, and the empty line that ends
    // the head.
    private static final int LINE_ENDS = 6;

    /**
     * Bytes that suffice to hold every head that is admitted: a parser that has so many never asks
     * for more.
     */
    public int headBytes() {
        return requestLineBytes + headersBytes + LINE_ENDS;
    }
}
