package io.millrace.files;

import io.millrace.http.HeaderId;
import io.millrace.http.HeaderTable;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a request asks of a file; owned by one shard, used again for later requests.
 *
 * <p>It is read where it was received as long as it is answered at once. A request that must wait
 * {@link #keep}s the head's bytes, because the receive buffer is not kept for it.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class FileRequest {
    private static final int STRIDE = 3;
    private static final int NO_FIELD = -1;
    private static final byte[] NOTHING = {};

    /** A head up to this size is kept in memory that is kept as well. */
    private static final int USUAL_BYTES = 4096;

    private static final long RELEVANT =
            bit(HeaderId.IF_MATCH)
                    | bit(HeaderId.IF_NONE_MATCH)
                    | bit(HeaderId.IF_MODIFIED_SINCE)
                    | bit(HeaderId.IF_UNMODIFIED_SINCE)
                    | bit(HeaderId.IF_RANGE)
                    | bit(HeaderId.RANGE)
                    | bit(HeaderId.ACCEPT_ENCODING);

    final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
    final Acceptance acceptance = new Acceptance();
    private final FileKey key = new FileKey();
    private byte[] kept = NOTHING;
    private int[] fields = new int[8 * STRIDE];
    private int fieldCount;
    private int headLength;
    private int queryOffset;
    private int queryLength;

    private static long bit(int headerId) {
        return 1L << headerId;
    }

    /** Reads the fields that matter; false when the path can be no name of a file in the site. */
    public boolean read(
            RequestHead head, UnsafeBuffer path, int pathOffset, int pathLength, FileSite site) {
        bytes.wrap(head.bytes.addressOffset(), head.length);
        headLength = head.length;
        queryOffset = head.queryOffset;
        queryLength = head.queryLength;
        fieldCount = 0;
        acceptance.clear();
        HeaderTable table = head.headers;
        for (int i = 0, count = table.count(); i < count; i++) {
            if ((RELEVANT >>> table.id(i) & 1) != 0) {
                add(table.id(i), table.valueOffset(i), table.valueLength(i));
            }
        }
        return FilePath.decode(path, pathOffset, pathLength, site, key);
    }

    private void add(int id, int offset, int length) {
        if (id == HeaderId.ACCEPT_ENCODING) {
            acceptance.add(bytes, offset, length);
            return;
        }
        int at = fieldCount * STRIDE;
        if (at == fields.length) {
            fields = Arrays.copyOf(fields, fields.length * 2);
        }
        fields[at] = id;
        fields[at + 1] = offset;
        fields[at + 2] = length;
        fieldCount++;
    }

    /** Copies the head, which is about to be overwritten. */
    public void keep() {
        if (kept.length == 0) {
            kept = new byte[USUAL_BYTES];
        }
        byte[] copy = headLength <= USUAL_BYTES ? kept : new byte[headLength];
        bytes.getBytes(0, copy, 0, headLength);
        bytes.wrap(copy, 0, headLength);
    }

    /** Lets go of the head. */
    public void forget() {
        bytes.wrap(NOTHING);
        fieldCount = 0;
    }

    /** The file that is asked for. */
    public FileKey key() {
        return key;
    }

    /** Asks for one of the site's other files in its place. */
    public void fallBack(FileSite site, int number) {
        key.replace(site.fallback(number));
    }

    /** The one of an entry's files that the client likes best. */
    public OpenFile choose(FileEntry entry) {
        return acceptance.choose(entry);
    }

    /** Whether there is a condition or a range to look at. */
    public boolean isConditional() {
        return fieldCount > 0;
    }

    /** How many of the fields that matter there are, Accept-Encoding excluded. */
    int count() {
        return fieldCount;
    }

    int id(int field) {
        return fields[field * STRIDE];
    }

    int offset(int field) {
        return fields[field * STRIDE + 1];
    }

    int length(int field) {
        return fields[field * STRIDE + 2];
    }

    /** The only field of that name; negative when there is none, or more than one. */
    int single(int id) {
        int found = NO_FIELD;
        for (int i = 0; i < fieldCount; i++) {
            if (id(i) == id) {
                if (found != NO_FIELD) {
                    return NO_FIELD;
                }
                found = i;
            }
        }
        return found;
    }

    boolean has(int id) {
        for (int i = 0; i < fieldCount; i++) {
            if (id(i) == id) {
                return true;
            }
        }
        return false;
    }

    int queryOffset() {
        return queryOffset;
    }

    /** -1 when there is none. */
    int queryLength() {
        return queryLength;
    }
}
