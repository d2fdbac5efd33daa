package io.millrace.sni;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The server name and the protocols that a TLS client asks for; owned by one shard and read anew
 * for each client.
 *
 * <p>Strict where it matters for the choice of an origin: every vector is filled exactly, neither
 * of the two extensions comes twice, and the name is one that the origin cannot read differently
 * (RFC 8446, section 4.1.2; RFC 6066, section 3; RFC 7301, section 3.1).
 */
@OwnedBy(Role.SHARD)
public final class ClientHello {
    private static final int VERSION_MAJOR = 3;
    private static final int RANDOM_BYTES = 32;
    private static final int LONGEST_SESSION_ID = 32;
    private static final int SERVER_NAME = 0;
    private static final int PROTOCOLS = 16;
    private static final int HOST_NAME = 0;
    private static final int LONGEST_HOST_NAME = 255;

    private final HandshakeRecords records = new HandshakeRecords();
    private final Octets in = new Octets();
    private final List<String> protocols = new ArrayList<>();
    private @Nullable String serverName;
    private boolean protocolsSeen;

    /** The most of a stream that is looked at. */
    public static int limitBytes() {
        return HandshakeRecords.LIMIT_BYTES;
    }

    /** The name in lower case; null when the client names none. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** The protocols of ALPN, the client's favourite first; empty when it names none. */
    public List<String> protocols() {
        return protocols;
    }

    /** After {@code INCOMPLETE}: with fewer bytes than this, the answer would be the same. */
    public int wantedBytes() {
        return records.wantedBytes();
    }

    /** Reads what has been received of a stream, always from its first byte on. */
    public HelloState read(DirectBuffer received, int offset, int length) {
        serverName = null;
        protocols.clear();
        protocolsSeen = false;
        HelloState state = records.read(received, offset, length);
        if (state == HelloState.COMPLETE && !parse()) {
            return HelloState.NOT_TLS;
        }
        return state;
    }

    private boolean parse() {
        in.wrap(records.message(), 0, records.messageLength());
        in.skip(HandshakeRecords.MESSAGE_HEADER);
        in.require(in.u8() == VERSION_MAJOR);
        in.skip(1 + RANDOM_BYTES);
        int sessionId = in.u8();
        in.require(sessionId <= LONGEST_SESSION_ID);
        in.skip(sessionId);
        int cipherSuites = in.u16();
        in.require(cipherSuites > 0 && cipherSuites % 2 == 0);
        in.skip(cipherSuites);
        int compressions = in.u8();
        in.require(compressions > 0);
        in.skip(compressions);
        if (!in.isEmpty()) {
            // Before TLS 1.3 a hello without extensions ends here.
            int outer = in.open(in.u16());
            while (!in.isEmpty()) {
                extension();
            }
            in.close(outer);
        }
        in.require(in.isEmpty());
        return in.isSound();
    }

    private void extension() {
        int type = in.u16();
        int length = in.u16();
        int outer = in.open(length);
        switch (type) {
            case SERVER_NAME -> serverNames();
            case PROTOCOLS -> protocolNames();
            default -> in.skip(length);
        }
        in.close(outer);
    }

    /** One name of the one type there is: of several, nobody could say which one counts. */
    private void serverNames() {
        in.require(serverName == null);
        int outer = in.open(in.u16());
        in.require(in.u8() == HOST_NAME);
        int length = in.u16();
        in.require(length > 0 && length <= LONGEST_HOST_NAME);
        String name = in.text(length);
        in.close(outer);
        in.require(isHostName(name));
        serverName = name.toLowerCase(Locale.ROOT);
    }

    /** Visible ASCII without the star of our patterns, nor the last dot that RFC 6066 forbids. */
    private static boolean isHostName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '*') {
                return false;
            }
        }
        return !name.endsWith(".");
    }

    private void protocolNames() {
        in.require(!protocolsSeen);
        protocolsSeen = true;
        int outer = in.open(in.u16());
        in.require(!in.isEmpty());
        while (!in.isEmpty()) {
            int length = in.u8();
            in.require(length > 0);
            protocols.add(in.text(length));
        }
        in.close(outer);
    }
}
