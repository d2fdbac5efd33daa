package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.http.HeadError;
import io.millrace.http.HeadLimits;
import io.millrace.http.PathNormalizer;
import io.millrace.http.RequestHead;
import io.millrace.http.h1.RequestParser;
import java.nio.ByteBuffer;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A request as typed on the command line, put through the codec that serves; owned by the main
 * thread.
 */
final class TypedRequest {
    /** The parsed head. */
    final RequestHead head = new RequestHead(HeadLimits.DEFAULT.headerCount());

    /** The normalised path. */
    final UnsafeBuffer path;

    private final UnsafeBuffer bytes; // keeps the memory that the head looks at

    /**
     * Parses the request; {@link IllegalArgumentException} says why the gateway would refuse it.
     *
     * @param url a path, or {@code http://host/path}
     * @param fields each {@code name: value}
     */
    TypedRequest(String method, String url, List<String> fields) {
        bytes = direct(text(method, url, fields));
        int result =
                RequestParser.parse(
                        bytes.addressOffset(), bytes.capacity(), HeadLimits.DEFAULT, head);
        require(result);
        int length = head.pathLength;
        UnsafeBuffer normalised = direct(new byte[Math.max(1, length)]);
        if (length > 0) {
            int written = PathNormalizer.normalize(head.bytes, head.pathOffset, length, normalised);
            require(written);
            length = written;
        }
        path = new UnsafeBuffer(normalised, 0, length);
    }

    /** Text of a part of the head. */
    String text(int offset, int length) {
        return text(head.bytes, offset, length);
    }

    /** Text of a part of the path. */
    String pathText(int offset, int length) {
        return text(path, offset, length);
    }

    private static byte[] text(String method, String url, List<String> fields) {
        int scheme = url.indexOf("://");
        int authority = scheme < 0 ? 0 : scheme + 3;
        int path = scheme < 0 ? 0 : authority;
        while (scheme >= 0 && path < url.length() && "/?#".indexOf(url.charAt(path)) < 0) {
            path++;
        }
        int fragment = url.indexOf('#', path);
        String target = url.substring(path, fragment < 0 ? url.length() : fragment);
        boolean hasHost = fields.stream().anyMatch(f -> f.regionMatches(true, 0, "host:", 0, 5));
        StringBuilder text = new StringBuilder(method).append(' ');
        text.append(target.isEmpty() || target.startsWith("?") ? "/" : "")
                .append(target)
                .append(" HTTP/1.1\r\n");
        if (!hasHost) {
            String host = url.substring(authority, path);
            text.append("Host: ").append(host.isEmpty() ? "localhost" : host).append("\r\n");
        }
        fields.forEach(field -> text.append(field).append("\r\n"));
        return text.append("\r\n").toString().getBytes(UTF_8);
    }

    private static void require(int result) {
        if (result == 0) {
            throw new IllegalArgumentException("this is not a whole request");
        }
        if (result < 0) {
            HeadError error = HeadError.ofResult(result);
            throw new IllegalArgumentException(
                    "the gateway refuses this request: " + error.reason());
        }
    }

    private static UnsafeBuffer direct(byte[] text) {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(text.length).put(text));
    }

    private static String text(UnsafeBuffer buffer, int offset, int length) {
        return buffer.getStringWithoutLengthUtf8(offset, length);
    }
}
