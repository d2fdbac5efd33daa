package io.millrace.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads HTTP/1 messages strictly, with no code of the product; owned by the thread that reads.
 *
 * <p>What is malformed is an {@link AssertionError}; an orderly end inside a message is an {@link
 * IncompleteMessageException}; an abortive one is the socket's own exception.
 */
public final class HttpReader {
    private static final int LONGEST_LINE = 256 * 1024;

    private final InputStream in;

    public HttpReader(InputStream in) {
        this.in = new BufferedInputStream(in, 64 * 1024);
    }

    /** The whole next request. */
    public Request readRequest() throws IOException {
        return readRequestBody(readRequestHead());
    }

    /** The next request without its body. */
    public Request readRequestHead() throws IOException {
        String[] parts = line("before a request line").split(" ", -1);
        check(parts.length == 3, "a request line of three parts", String.join(" ", parts));
        check(parts[2].matches("HTTP/1\\.[01]"), "a version", parts[2]);
        return new Request(parts[0], parts[1], parts[2], fields(), new byte[0], Fields.NONE);
    }

    /** The body that belongs to a head. */
    public Request readRequestBody(Request head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Fields trailers = copyFramed(head.fields(), body, true);
        return new Request(
                head.method(),
                head.target(),
                head.version(),
                head.fields(),
                body.toByteArray(),
                trailers);
    }

    /** Copies the body that belongs to a request head, for bodies too large to keep. */
    public void copyRequestBody(Request head, OutputStream out) throws IOException {
        copyFramed(head.fields(), out, true);
    }

    /** The next response to a GET, interim ones included. */
    public Response readResponse() throws IOException {
        return readResponse("GET");
    }

    /** The next response to that method, interim ones included. */
    public Response readResponse(String method) throws IOException {
        Response head = readResponseHead();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Fields trailers = copyResponseBody(head, method, body);
        return new Response(
                head.version(),
                head.status(),
                head.reason(),
                head.fields(),
                body.toByteArray(),
                trailers);
    }

    /** The next response without its body. */
    public Response readResponseHead() throws IOException {
        String line = line("before a status line");
        check(line.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?"), "a status line", line);
        String reason = line.length() > 13 ? line.substring(13) : "";
        int status = Integer.parseInt(line.substring(9, 12));
        return new Response(
                line.substring(0, 8), status, reason, fields(), new byte[0], Fields.NONE);
    }

    /** Copies the body that belongs to a response head; the result holds the trailers. */
    public Fields copyResponseBody(Response head, String method, OutputStream out)
            throws IOException {
        int status = head.status();
        if (status < 200 || status == 204 || status == 304 || method.equals("HEAD")) {
            return Fields.NONE;
        }
        return copyFramed(head.fields(), out, false);
    }

    private Fields copyFramed(Fields fields, OutputStream out, boolean request) throws IOException {
        boolean chunked = fields.has("transfer-encoding");
        String length = fields.value("content-length");
        if (chunked) {
            check(length == null, "no Content-Length beside Transfer-Encoding", fields.toString());
            check(
                    fields.members("transfer-encoding").equals(List.of("chunked")),
                    "chunked alone",
                    fields.toString());
            return copyChunks(out);
        }
        if (length != null) {
            check(length.matches("[0-9]{1,18}"), "a plain Content-Length", length);
            copy(Long.parseLong(length), out);
        } else if (!request) {
            in.transferTo(out);
        }
        return Fields.NONE;
    }

    private Fields copyChunks(OutputStream out) throws IOException {
        while (true) {
            String line = line("before a chunk size");
            String size = line.contains(";") ? line.substring(0, line.indexOf(';')) : line;
            check(size.strip().matches("[0-9A-Fa-f]{1,15}"), "a chunk size", line);
            long length = Long.parseLong(size.strip(), 16);
            if (length == 0) {
                return fields();
            }
            copy(length, out);
            String end = line("after chunk data");
            check(end.isEmpty(), "CRLF after chunk data", end);
        }
    }

    private void copy(long length, OutputStream out) throws IOException {
        byte[] part = new byte[(int) Math.min(length, 64 * 1024)];
        long left = length;
        while (left > 0) {
            int n = in.read(part, 0, (int) Math.min(left, part.length));
            if (n < 0) {
                throw new IncompleteMessageException(
                        "after " + (length - left) + " of " + length + " bytes of a body");
            }
            out.write(part, 0, n);
            left -= n;
        }
    }

    private Fields fields() throws IOException {
        List<Fields.Field> list = new ArrayList<>();
        while (true) {
            String line = line("inside a field section");
            if (line.isEmpty()) {
                return new Fields(list);
            }
            check(line.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+:.*"), "a field", line);
            int colon = line.indexOf(':');
            list.add(new Fields.Field(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
    }

    private String line(String where) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < LONGEST_LINE) {
            int b = in.read();
            if (b < 0) {
                throw new IncompleteMessageException(
                        where + (line.isEmpty() ? "" : ", having sent: " + line));
            }
            if (b == '\r') {
                int next = in.read();
                if (next < 0) {
                    throw new IncompleteMessageException("between CR and LF " + where);
                }
                check(next == '\n', "LF after CR", line.toString());
                return line.toString();
            }
            check(b >= ' ' || b == '\t', "no control byte " + b, line.toString());
            line.append((char) b);
        }
        throw new AssertionError("a line longer than " + LONGEST_LINE);
    }

    /** The next byte, -1 at the orderly end. */
    public int readByte() throws IOException {
        return in.read();
    }

    /** Exactly that many bytes. */
    public byte[] readExactly(int length) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        copy(length, out);
        return out.toByteArray();
    }

    /** Passes on whatever comes, as it comes, up to the end. */
    public void copyToEnd(OutputStream out) throws IOException {
        in.transferTo(out);
    }

    /** All bytes up to the orderly end. */
    public byte[] readToEnd() throws IOException {
        return in.readAllBytes();
    }

    private static void check(boolean holds, String expected, String found) {
        if (!holds) {
            throw new AssertionError("expected " + expected + ", found: " + found);
        }
    }
}
