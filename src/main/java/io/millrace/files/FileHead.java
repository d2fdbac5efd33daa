package io.millrace.files;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.ByteWriter;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Writes the heads of answers with files, and what stands between the parts of one; owned by one
 * shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class FileHead {
    /** Bytes that any head takes besides the lines that files and sites bring with them. */
    private static final int FIXED_BYTES = 384;

    /** Bytes that a separator takes besides the file's type. */
    private static final int SEPARATOR_BYTES = 128;

    private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\n");
    private static final byte[] PARTIAL = ascii("HTTP/1.1 206 Partial Content\r\n");
    private static final byte[] NOT_MODIFIED = ascii("HTTP/1.1 304 Not Modified\r\n");
    private static final byte[] MOVED = ascii("HTTP/1.1 301 Moved Permanently\r\n");
    private static final byte[] ACCEPT_RANGES = ascii("Accept-Ranges: bytes\r\n");
    private static final byte[] VARY = ascii("Vary: Accept-Encoding\r\n");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] NO_CONTENT = ascii("Content-Length: 0\r\n");
    private static final byte[] RANGE = ascii("Content-Range: bytes ");
    private static final byte[] MULTIPART = ascii("Content-Type: multipart/byteranges; boundary=");
    private static final byte[] LOCATION = ascii("Location: ");
    private static final byte[] DELIMITER = ascii("\r\n--");
    private static final byte[] CLOSE_DELIMITER = ascii("--\r\n");
    private static final byte[] CRLF = ascii("\r\n");
    private static final byte[] HEX = ascii("0123456789ABCDEF");

    /** Two numbers in hexadecimal. */
    private static final int BOUNDARY_BYTES = 32;

    private final ByteWriter out = new ByteWriter();
    private final SplittableRandom random = new SplittableRandom();

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Bytes that a head about the file takes at the most. */
    public static int capacity(FileSite site, OpenFile file) {
        return FIXED_BYTES
                + site.cacheControlLine().length
                + file.validatorLines.length
                + file.typeLine.length
                + file.codingLine.length;
    }

    /** Bytes that one separator takes at the most. */
    public static int separatorCapacity(OpenFile file) {
        return SEPARATOR_BYTES + BOUNDARY_BYTES + file.typeLine.length;
    }

    /** Bytes that a redirection takes at the most. */
    public static int redirectCapacity(FileSite site, FileRequest request) {
        return FIXED_BYTES
                + site.stripPrefix().length
                + site.cacheControlLine().length
                + 3 * request.key().length()
                + Math.max(0, request.queryLength());
    }

    /** A number for the boundary of one multipart answer; nobody can have put it into a file. */
    public long newBoundary() {
        return random.nextLong();
    }

    /** The head of the whole file: 200. */
    public void whole(
            FileSite site,
            FileEntry entry,
            OpenFile file,
            byte[] dateLine,
            byte[] connectionLine,
            ByteBuf buffer) {
        begin(buffer);
        out.put(OK);
        common(site, entry, file, dateLine);
        out.put(ACCEPT_RANGES);
        out.put(file.typeLine);
        out.put(file.codingLine);
        length(file.size());
        finish(connectionLine, buffer);
    }

    /** The head of one part: 206. */
    public void part(
            FileSite site,
            FileEntry entry,
            OpenFile file,
            ByteRanges ranges,
            byte[] dateLine,
            byte[] connectionLine,
            ByteBuf buffer) {
        begin(buffer);
        out.put(PARTIAL);
        common(site, entry, file, dateLine);
        out.put(file.typeLine);
        out.put(file.codingLine);
        contentRange(file, ranges, 0);
        length(ranges.length(0));
        finish(connectionLine, buffer);
    }

    /** The head of several parts: 206 (RFC 9110, section 14.6). */
    public void parts(
            FileSite site,
            FileEntry entry,
            OpenFile file,
            ByteRanges ranges,
            long boundary,
            byte[] dateLine,
            byte[] connectionLine,
            ByteBuf buffer) {
        begin(buffer);
        out.put(PARTIAL);
        common(site, entry, file, dateLine);
        out.put(MULTIPART);
        boundary(boundary);
        out.put(CRLF);
        out.put(file.codingLine);
        length(multipartLength(file, ranges));
        finish(connectionLine, buffer);
    }

    /** The head that says that the client has it: 304, with what RFC 9110, section 15.4.5 asks. */
    public void notModified(
            FileSite site,
            FileEntry entry,
            OpenFile file,
            byte[] dateLine,
            byte[] connectionLine,
            ByteBuf buffer) {
        begin(buffer);
        out.put(NOT_MODIFIED);
        common(site, entry, file, dateLine);
        finish(connectionLine, buffer);
    }

    /** The head that sends the client to the directory's name with its slash: 301. */
    public void redirect(
            FileSite site,
            FileRequest request,
            byte[] dateLine,
            byte[] connectionLine,
            ByteBuf buffer) {
        begin(buffer);
        out.put(MOVED);
        out.put(dateLine);
        out.put(site.cacheControlLine());
        out.put(LOCATION);
        out.put(site.stripPrefix());
        // Never two slashes: a client would take what follows them for a host.
        out.put((byte) '/');
        byte[] path = request.key().path();
        for (int i = 0; i < request.key().length(); i++) {
            pathByte(path[i]);
        }
        out.put((byte) '/');
        if (request.queryLength() >= 0) {
            out.put((byte) '?');
            out.put(request.bytes, request.queryOffset(), request.queryLength());
        }
        out.put(CRLF);
        out.put(NO_CONTENT);
        finish(connectionLine, buffer);
    }

    /**
     * What stands before a part; after the last one, {@code part} being the count, what ends all.
     */
    public void separator(
            OpenFile file, ByteRanges ranges, int part, long boundary, ByteBuf buffer) {
        begin(buffer);
        out.put(DELIMITER);
        boundary(boundary);
        if (part == ranges.count()) {
            out.put(CLOSE_DELIMITER);
        } else {
            out.put(CRLF);
            out.put(file.typeLine);
            contentRange(file, ranges, part);
            out.put(CRLF);
        }
        end(buffer);
    }

    private static long multipartLength(OpenFile file, ByteRanges ranges) {
        long delimiter = (long) DELIMITER.length + BOUNDARY_BYTES;
        long length = delimiter + CLOSE_DELIMITER.length;
        for (int i = 0; i < ranges.count(); i++) {
            length +=
                    ranges.length(i)
                            + delimiter
                            + CRLF.length
                            + file.typeLine.length
                            + RANGE.length
                            + digits(ranges.first(i))
                            + 1
                            + digits(ranges.last(i))
                            + 1
                            + digits(file.size())
                            + CRLF.length
                            + CRLF.length;
        }
        return length;
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private void common(FileSite site, FileEntry entry, OpenFile file, byte[] dateLine) {
        out.put(dateLine);
        out.put(file.validatorLines);
        out.put(site.cacheControlLine());
        if (entry.isNegotiated()) {
            out.put(VARY);
        }
    }

    private void length(long length) {
        out.put(LENGTH);
        out.putDecimal(length);
        out.put(CRLF);
    }

    private void contentRange(OpenFile file, ByteRanges ranges, int part) {
        out.put(RANGE);
        out.putDecimal(ranges.first(part));
        out.put((byte) '-');
        out.putDecimal(ranges.last(part));
        out.put((byte) '/');
        out.putDecimal(file.size());
        out.put(CRLF);
    }

    private void boundary(long boundary) {
        out.putHex16(boundary);
        out.putHex16(~boundary * 0x9e3779b97f4a7c15L);
    }

    private void pathByte(byte b) {
        if (b == '/' || (b != '%' && Ascii.isPath(b))) {
            out.put(b);
        } else {
            out.put((byte) '%');
            out.put(HEX[b >>> 4 & 0xf]);
            out.put(HEX[b & 0xf]);
        }
    }

    private void begin(ByteBuf buffer) {
        out.wrap(buffer.memoryAddress() + buffer.writerIndex(), buffer.writableBytes());
    }

    private void finish(byte[] connectionLine, ByteBuf buffer) {
        out.put(connectionLine);
        out.put(CRLF);
        end(buffer);
    }

    private void end(ByteBuf buffer) {
        if (out.overflowed()) {
            throw new IllegalStateException("a head does not fit in its capacity");
        }
        buffer.writerIndex(buffer.writerIndex() + out.position());
    }
}
