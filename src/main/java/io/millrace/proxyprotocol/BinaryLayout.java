package io.millrace.proxyprotocol;

/**
 * Where things lie in a header of version 2 (proxy-protocol.txt, section 2.2); owned by no thread
 * (pure functions).
 */
final class BinaryLayout {
    static final byte FIRST = '\r';

    /** Version and command, in a nibble each. */
    static final int COMMAND_AT = 12;

    /** Address family and transport, in a nibble each. */
    static final int FAMILY_AT = 13;

    /** How many bytes follow the fixed part. */
    static final int LENGTH_AT = 14;

    static final int FIXED_LENGTH = 16;

    static final byte LOCAL = 0x20;
    static final byte PROXY = 0x21;

    static final byte UNSPEC = 0x00;
    static final byte TCP_V4 = 0x11;
    static final byte UDP_V4 = 0x12;
    static final byte TCP_V6 = 0x21;
    static final byte UDP_V6 = 0x22;
    static final byte UNIX_STREAM = 0x31;
    static final byte UNIX_DATAGRAM = 0x32;

    static final int UNKNOWN_FAMILY = -1;

    private static final byte[] SIGNATURE = {
        FIRST, '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
    };

    private BinaryLayout() {}

    static byte[] signature() {
        return SIGNATURE;
    }

    /** How many bytes of addresses and ports begin the block, or {@link #UNKNOWN_FAMILY}. */
    static int addressBytes(byte family) {
        return switch (family) {
            case UNSPEC -> 0;
            case TCP_V4, UDP_V4 -> 2 * 4 + 2 * 2;
            case TCP_V6, UDP_V6 -> 2 * 16 + 2 * 2;
            case UNIX_STREAM, UNIX_DATAGRAM -> 2 * 108;
            default -> UNKNOWN_FAMILY;
        };
    }
}
