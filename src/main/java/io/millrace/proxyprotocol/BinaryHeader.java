package io.millrace.proxyprotocol;

import io.netty.buffer.ByteBuf;

/** Reads a header of version 2; owned by no thread (pure functions). */
final class BinaryHeader {
    private BinaryHeader() {}

    static int parse(ByteBuf in, int longest, ReceivedHeader into) {
        int from = in.readerIndex();
        int available = in.readableBytes();
        if (!HeaderParser.beginsWith(in, BinaryLayout.signature())) {
            return HeaderParser.REFUSED;
        }
        if (available > BinaryLayout.COMMAND_AT && !isKnownCommand(in, from)) {
            return HeaderParser.REFUSED;
        }
        if (available < BinaryLayout.FIXED_LENGTH) {
            return HeaderParser.INCOMPLETE;
        }
        int length = BinaryLayout.FIXED_LENGTH + in.getUnsignedShort(from + BinaryLayout.LENGTH_AT);
        boolean local = isLocal(in, from);
        int addressesEnd = addressesEnd(in, from, length);
        if (length > longest || (!local && addressesEnd < 0)) {
            return HeaderParser.REFUSED;
        }
        if (available < length) {
            return HeaderParser.INCOMPLETE;
        }
        if (!isSound(in, from, addressesEnd, length)) {
            return HeaderParser.REFUSED;
        }
        if (!local) {
            read(in, from, into);
        }
        return length;
    }

    private static boolean isKnownCommand(ByteBuf in, int from) {
        byte command = in.getByte(from + BinaryLayout.COMMAND_AT);
        return command == BinaryLayout.LOCAL || command == BinaryLayout.PROXY;
    }

    private static boolean isLocal(ByteBuf in, int from) {
        return in.getByte(from + BinaryLayout.COMMAND_AT) == BinaryLayout.LOCAL;
    }

    /** Where the addresses end in the header; -1 when they have no room or no known size. */
    private static int addressesEnd(ByteBuf in, int from, int length) {
        int bytes = BinaryLayout.addressBytes(in.getByte(from + BinaryLayout.FAMILY_AT));
        boolean known = bytes != BinaryLayout.UNKNOWN_FAMILY;
        return known && BinaryLayout.FIXED_LENGTH + bytes <= length
                ? BinaryLayout.FIXED_LENGTH + bytes
                : -1;
    }

    /**
     * Whether the values behind the addresses are whole and the checksum, if there is one, is
     * right.
     *
     * <p>LOCAL and UNSPEC leave open what their block holds and have it skipped, so there it counts
     * as values only if it reads as such to its end.
     */
    private static boolean isSound(ByteBuf in, int from, int addressesEnd, int length) {
        boolean open =
                isLocal(in, from)
                        || in.getByte(from + BinaryLayout.FAMILY_AT) == BinaryLayout.UNSPEC;
        if (addressesEnd < 0) {
            return open;
        }
        int checksumAt = HeaderValues.checksumAt(in, from + addressesEnd, from + length);
        return switch (checksumAt) {
            case HeaderValues.BROKEN -> open;
            case HeaderValues.NO_CHECKSUM -> true;
            default -> HeaderValues.isChecksumRight(in, from, length, checksumAt);
        };
    }

    private static void read(ByteBuf in, int from, ReceivedHeader into) {
        int at = from + BinaryLayout.FIXED_LENGTH;
        switch (in.getByte(from + BinaryLayout.FAMILY_AT)) {
            case BinaryLayout.TCP_V4 -> readAddresses(in, at, new byte[4], new byte[4], into);
            case BinaryLayout.TCP_V6 -> readAddresses(in, at, new byte[16], new byte[16], into);
            case BinaryLayout.UNIX_STREAM -> into.relayedFromUnixSocket();
            default -> {
                // UNSPEC, and datagrams, of which no stream can be made: section 2.2 has a receiver
                // treat what it does not support as UNSPEC.
            }
        }
    }

    private static void readAddresses(
            ByteBuf in, int at, byte[] source, byte[] destination, ReceivedHeader into) {
        int size = source.length;
        in.getBytes(at, source);
        in.getBytes(at + size, destination);
        int sourcePort = in.getUnsignedShort(at + 2 * size);
        int destinationPort = in.getUnsignedShort(at + 2 * size + 2);
        into.relayed(source, sourcePort, destination, destinationPort);
    }
}
