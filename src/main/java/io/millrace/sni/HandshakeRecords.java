package io.millrace.sni;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts the first handshake message of a TLS stream together out of its records; owned by one shard.
 *
 * <p>Each call starts at the first byte of the stream and keeps nothing, so how the bytes were cut
 * on their way cannot change the result (RFC 8446, section 5.1).
 */
@OwnedBy(Role.SHARD)
final class HandshakeRecords {
    /** No more of a stream is looked at; browsers send less than 2 KiB. */
    static final int LIMIT_BYTES = 16 * 1024;

    static final int MESSAGE_HEADER = 4;

    private static final int RECORD_HEADER = 5;
    private static final int LARGEST_FRAGMENT = 1 << 14;
    private static final byte HANDSHAKE = 22;
    private static final byte VERSION_MAJOR = 3;
    private static final byte CLIENT_HELLO = 1;

    private final UnsafeBuffer message = new UnsafeBuffer(new byte[LIMIT_BYTES]);
    private int messageLength;
    private int wantedBytes;

    /** The message, its header included. */
    DirectBuffer message() {
        return message;
    }

    int messageLength() {
        return messageLength;
    }

    /** With fewer bytes of the stream than this, the answer would be the same. */
    int wantedBytes() {
        return wantedBytes;
    }

    HelloState read(DirectBuffer in, int offset, int length) {
        int available = Math.min(length, LIMIT_BYTES);
        messageLength = 0;
        int at = 0;
        while (true) {
            HelloState header = recordHeader(in, offset + at, available - at);
            if (header != HelloState.COMPLETE) {
                return more(header, available, available + 1);
            }
            int fragment = u16(in, offset + at + RECORD_HEADER - Short.BYTES);
            int there = Math.min(fragment, available - at - RECORD_HEADER);
            message.putBytes(messageLength, in, offset + at + RECORD_HEADER, there);
            HelloState state = onFragment(fragment, there);
            at += RECORD_HEADER + fragment;
            if (state != HelloState.INCOMPLETE) {
                return state;
            }
            if (there < fragment) {
                return more(state, available, messageLength < MESSAGE_HEADER ? available + 1 : at);
            }
        }
    }

    private HelloState more(HelloState state, int available, int wanted) {
        wantedBytes = wanted;
        return state == HelloState.INCOMPLETE && available == LIMIT_BYTES
                ? HelloState.TOO_LARGE
                : state;
    }

    /** Complete when the header is there and right; what of it is wrong shows at once. */
    private static HelloState recordHeader(DirectBuffer in, int at, int available) {
        if ((available > 0 && in.getByte(at) != HANDSHAKE)
                || (available > 1 && in.getByte(at + 1) != VERSION_MAJOR)) {
            return HelloState.NOT_TLS;
        }
        if (available < RECORD_HEADER) {
            return HelloState.INCOMPLETE;
        }
        int fragment = u16(in, at + RECORD_HEADER - Short.BYTES);
        return fragment == 0 || fragment > LARGEST_FRAGMENT
                ? HelloState.NOT_TLS
                : HelloState.COMPLETE;
    }

    /** Takes a fragment into account of which only a part may be there. */
    private HelloState onFragment(int fragment, int there) {
        int withWholeFragment = messageLength + fragment;
        messageLength += there;
        if (messageLength > 0 && message.getByte(0) != CLIENT_HELLO) {
            return HelloState.NOT_TLS;
        }
        if (messageLength < MESSAGE_HEADER) {
            return HelloState.INCOMPLETE;
        }
        int total = MESSAGE_HEADER + (((message.getByte(1) & 0xff) << 16) | u16(message, 2));
        if (total > LIMIT_BYTES - RECORD_HEADER) {
            return HelloState.TOO_LARGE;
        }
        if (withWholeFragment > total) {
            // Nothing may follow in the same record: the client's next message needs an answer.
            return HelloState.NOT_TLS;
        }
        return messageLength == total ? HelloState.COMPLETE : HelloState.INCOMPLETE;
    }

    private static int u16(DirectBuffer in, int at) {
        return ((in.getByte(at) & 0xff) << 8) | (in.getByte(at + 1) & 0xff);
    }
}
