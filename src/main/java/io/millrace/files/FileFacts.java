package io.millrace.files;

import io.millrace.http.HttpDate;
import java.nio.charset.StandardCharsets;

/**
 * What heads say of a file, made once when it is opened; immutable, safe from any thread.
 *
 * @param modifiedSeconds as Last-Modified says it: not after the time of the look-up (RFC 9110,
 *     section 8.8.2.1)
 * @param etag with its quotes
 */
@SuppressWarnings("ArrayRecordComponent")
record FileFacts(
        long size,
        long modifiedSeconds,
        byte[] etag,
        byte[] validatorLines,
        byte[] typeLine,
        byte[] codingLine) {
    /**
     * Makes the facts.
     *
     * @param seconds the file's time of modification
     * @param version what changes whenever the content does
     */
    static FileFacts of(
            long size, long seconds, long nowSeconds, String version, String type, Coding coding) {
        // Representations of one resource must differ in their tags (RFC 9110, section 8.8.3).
        String suffix = coding == Coding.IDENTITY ? "" : "-" + coding.token();
        String etag = '"' + version + suffix + '"';
        long modified = Math.min(seconds, nowSeconds);
        return new FileFacts(
                size,
                modified,
                ascii(etag),
                ascii("ETag: " + etag + "\r\nLast-Modified: " + HttpDate.format(modified) + "\r\n"),
                ascii("Content-Type: " + type + "\r\n"),
                ascii(
                        coding == Coding.IDENTITY
                                ? ""
                                : "Content-Encoding: " + coding.token() + "\r\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
