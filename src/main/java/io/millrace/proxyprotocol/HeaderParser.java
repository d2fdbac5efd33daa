package io.millrace.proxyprotocol;

import io.netty.buffer.ByteBuf;

/**
 * Reads the header that opens a connection; owned by no thread (pure functions).
 *
 * <p>The protocol is configured, never guessed (proxy-protocol.txt, section 2): whatever does not
 * begin as an accepted header is refused at its first wrong byte, and nothing of a header is
 * believed before the whole of it is there.
 */
public final class HeaderParser {
    /** The bytes so far are the beginning of a header. */
    public static final int INCOMPLETE = 0;

    /** The bytes are no header that may stand here; the connection is to be dropped. */
    public static final int REFUSED = -1;

    private HeaderParser() {}

    /**
     * Reads a header; the buffer is not moved.
     *
     * @param longest most bytes that a header of version 2 may have
     * @param into where its content goes, when it is complete
     * @return how many bytes the header has, or one of the constants above
     */
    public static int parse(
            ByteBuf in, AcceptedVersions accepted, int longest, ReceivedHeader into) {
        if (!in.isReadable()) {
            return INCOMPLETE;
        }
        byte first = in.getByte(in.readerIndex());
        if (accepted.v1() && first == TextHeader.FIRST) {
            return TextHeader.parse(in, into);
        }
        if (accepted.v2() && first == BinaryLayout.FIRST) {
            return BinaryHeader.parse(in, longest, into);
        }
        return REFUSED;
    }

    /** Whether the bytes are the prefix, or as much of its beginning as there are. */
    static boolean beginsWith(ByteBuf in, byte[] prefix) {
        int at = in.readerIndex();
        for (int i = 0; i < Math.min(prefix.length, in.readableBytes()); i++) {
            if (in.getByte(at + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
