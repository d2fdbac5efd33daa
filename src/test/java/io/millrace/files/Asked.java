package io.millrace.files;

import io.millrace.http.HeadLimits;
import io.millrace.http.RequestHead;
import io.millrace.http.h1.RequestParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/** Requests and files for the tests of this package; owned by the test's thread. */
final class Asked {
    private Asked() {}

    /** A GET of {@code /a} with these field lines. */
    static FileRequest with(String... fields) {
        String text = "GET /a HTTP/1.1\r\nHost: a\r\n" + lines(fields) + "\r\n";
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        RequestHead head = new RequestHead(32);
        int result =
                RequestParser.parse(
                        new UnsafeBuffer(memory).addressOffset(),
                        bytes.length,
                        HeadLimits.DEFAULT,
                        head);
        if (result != bytes.length) {
            throw new AssertionError("not parsed: " + text);
        }
        FileRequest request = new FileRequest();
        request.read(head, head.bytes, head.pathOffset, head.pathLength, site());
        request.keep();
        return request;
    }

    private static String lines(String... fields) {
        StringBuilder lines = new StringBuilder();
        for (String field : fields) {
            lines.append(field).append("\r\n");
        }
        return lines.toString();
    }

    static FileSite site() {
        return site("/srv/none", "", false);
    }

    static FileSite site(String root, String stripPrefix, boolean dotFiles) {
        return new FileSite(
                new FileSite.Settings(
                        root,
                        "index.html",
                        stripPrefix,
                        List.of(),
                        null,
                        Map.of(),
                        true,
                        dotFiles));
    }

    /** A file of ten bytes with the tag {@code "v"}. */
    static OpenFile file(long modifiedSeconds) {
        return new OpenFile(
                OpenFile.NO_DESCRIPTOR,
                new byte[10],
                FileFacts.of(
                        10, modifiedSeconds, Long.MAX_VALUE, "v", "text/plain", Coding.IDENTITY));
    }

    static UnsafeBuffer bytes(String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
