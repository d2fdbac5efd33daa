package io.millrace.proxyprotocol;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32C;

/**
 * The type-length-value vectors behind the addresses of a header of version 2; owned by no thread
 * (pure functions).
 *
 * <p>None of them is used but the checksum (proxy-protocol.txt, section 2.2.3).
 */
final class HeaderValues {
    /** A vector is cut off, or the checksum is not one checksum of four bytes. */
    static final int BROKEN = -1;

    /** All vectors are whole, and none is a checksum. */
    static final int NO_CHECKSUM = -2;

    private static final byte CRC32C_TYPE = 0x03;
    private static final int TYPE_AND_LENGTH = 3;

    private HeaderValues() {}

    /** Where the checksum lies, or one of the constants above. */
    static int checksumAt(ByteBuf in, int from, int end) {
        int found = NO_CHECKSUM;
        int at = from;
        while (at < end) {
            if (end - at < TYPE_AND_LENGTH) {
                return BROKEN;
            }
            int length = in.getUnsignedShort(at + 1);
            boolean checksum = in.getByte(at) == CRC32C_TYPE;
            at += TYPE_AND_LENGTH;
            if (length > end - at
                    || (checksum && (length != Integer.BYTES || found != NO_CHECKSUM))) {
                return BROKEN;
            }
            if (checksum) {
                found = at;
            }
            at += length;
        }
        return found;
    }

    /** The sum is that of the whole header with zeros in the place of the sum. */
    static boolean isChecksumRight(ByteBuf in, int from, int length, int checksumAt) {
        byte[] header = new byte[length];
        in.getBytes(from, header);
        int place = checksumAt - from;
        for (int i = 0; i < Integer.BYTES; i++) {
            header[place + i] = 0;
        }
        CRC32C sum = new CRC32C();
        sum.update(header, 0, header.length);
        return (int) sum.getValue() == in.getInt(checksumAt);
    }
}
