package io.millrace.http.h1;

import io.millrace.bytes.Ascii;
import io.millrace.http.HeadError;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Checks a trailer section byte by byte (RFC 9110, section 6.5); owned by one shard, reset for each
 * message.
 *
 * <p>A name is known by the hash of its bytes alone, so that nothing need be kept of it: a
 * forbidden one is always found, and an innocent one is taken for it once in 2^58.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class TrailerChecker {
    /** The empty line has been read. */
    static final int COMPLETE = 1;

    private static final int BAD_TRAILER = HeadError.BAD_TRAILER.asResult();
    private static final int MOST_BYTES = 8 * 1024;
    private static final int MOST_FIELDS = 32;

    private static final int LINE_START = 0;
    private static final int NAME = 1;
    private static final int VALUE = 2;
    private static final int LINE_LF = 3;
    private static final int LAST_LF = 4;

    private int state;
    private int size;
    private int fields;
    private long nameHash;

    /** Goes back before the first trailer field. */
    void reset() {
        state = LINE_START;
        size = 0;
        fields = 0;
    }

    /**
     * Takes one byte: 0 for more, {@link #COMPLETE}, or a negative {@link HeadError#asResult()}.
     */
    int accept(byte b) {
        size++;
        if (size > MOST_BYTES) {
            return BAD_TRAILER;
        }
        return switch (state) {
            case LINE_START -> startLine(b);
            case NAME -> nameByte(b);
            case VALUE -> Ascii.isValue(b) ? 0 : expect(b, Ascii.CR, LINE_LF);
            case LINE_LF -> expect(b, Ascii.LF, LINE_START);
            default -> b == Ascii.LF ? COMPLETE : BAD_TRAILER;
        };
    }

    private int startLine(byte b) {
        if (!Ascii.isToken(b)) {
            return expect(b, Ascii.CR, LAST_LF);
        }
        fields++;
        nameHash = ForbiddenTrailers.hash(ForbiddenTrailers.EMPTY, b);
        state = NAME;
        return fields > MOST_FIELDS ? BAD_TRAILER : 0;
    }

    private int nameByte(byte b) {
        if (Ascii.isToken(b)) {
            nameHash = ForbiddenTrailers.hash(nameHash, b);
            return 0;
        }
        return ForbiddenTrailers.contains(nameHash) ? BAD_TRAILER : expect(b, (byte) ':', VALUE);
    }

    private int expect(byte b, byte expected, int next) {
        state = next;
        return b == expected ? 0 : BAD_TRAILER;
    }
}
