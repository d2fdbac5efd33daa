package io.millrace.filter;

import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.Arrays;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A request as filters see it, and what they say of it; owned by one shard, used again for later
 * requests.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class FilterRequest {
    /** What changes in the head that goes to the origin. */
    public final HeadEdits toOrigin = new HeadEdits();

    /** What changes in the head that goes to the client, whoever makes it. */
    public final HeadEdits toClient = new HeadEdits();

    /** What is answered, if a filter answers. */
    public final FilterAnswer answer = new FilterAnswer();

    private static final UnsafeBuffer NOTHING = new UnsafeBuffer(0, 0);
    private static final byte[] NOBODY = {};
    private static final int IPV4_BYTES = 4;

    /** What stands before an IPv4 address that is written as IPv6 (RFC 4291, section 2.5.5.2). */
    private static final long MAPPED = 0xffff;

    private final FilterShard shard;
    private @Nullable RequestHead head;
    private UnsafeBuffer path = NOTHING;
    private int pathOffset;
    private int pathLength;
    private int[] parameters = new int[8];
    private int parameterCount;
    private UnsafeBuffer id = NOTHING;
    private int idLength;
    private byte[] clientAddress = NOBODY;
    private boolean hasAddress;
    private long clientHigh;
    private long clientLow;

    /** For the requests of one shard. */
    public FilterRequest(FilterShard shard) {
        this.shard = shard;
    }

    /**
     * Begins with a request.
     *
     * @param received its head, good during the call of a filter only
     * @param addressText the client's address as text
     * @param address its 4 or 16 bytes; none for a client without an address
     */
    public void begin(RequestHead received, byte[] addressText, byte[] address) {
        head = received;
        clientAddress = addressText;
        hasAddress = address.length > 0;
        clientHigh = 0;
        clientLow = address.length == IPV4_BYTES ? MAPPED : 0;
        for (byte b : address) {
            clientHigh = (clientHigh << Byte.SIZE) | (clientLow >>> (Long.SIZE - Byte.SIZE));
            clientLow = (clientLow << Byte.SIZE) | (b & 0xff);
        }
        parameterCount = 0;
        toOrigin.clear();
        toClient.clear();
    }

    /** The path in its normalised form, good during the call of a filter only. */
    public void path(UnsafeBuffer bytes, int offset, int length) {
        path = bytes;
        pathOffset = offset;
        pathLength = length;
    }

    /** Adds a parameter of the path, as an offset into it and a length. */
    public void addParameter(int offset, int length) {
        if (2 * parameterCount == parameters.length) {
            parameters = Arrays.copyOf(parameters, 2 * parameters.length);
        }
        parameters[2 * parameterCount] = offset;
        parameters[2 * parameterCount + 1] = length;
        parameterCount++;
    }

    /** The request's id. */
    public void id(UnsafeBuffer bytes, int length) {
        id = bytes;
        idLength = length;
    }

    /** The filters are through: what lies in received memory is not to be read any more. */
    public void end() {
        head = null;
        path = NOTHING;
    }

    /** The head as it was received. */
    public RequestHead head() {
        return Objects.requireNonNull(head, "head");
    }

    /** The first field of a name that is given in lower case, or -1. */
    public int field(byte[] lowerName) {
        return fieldAfter(-1, lowerName);
    }

    /** The next field of a name behind another field, or -1. */
    public int fieldAfter(int previous, byte[] lowerName) {
        return head().fieldAfter(previous, lowerName);
    }

    /** Where the normalised path lies. */
    public UnsafeBuffer path() {
        return path;
    }

    /** Where it begins. */
    public int pathOffset() {
        return pathOffset;
    }

    /** Its length in bytes. */
    public int pathLength() {
        return pathLength;
    }

    /** Where a parameter of the path begins in {@link #path()}. */
    public int parameterOffset(int index) {
        return pathOffset + parameters[2 * index];
    }

    /** Length of a parameter of the path in bytes; 0 for one that was not captured. */
    public int parameterLength(int index) {
        return index < parameterCount ? parameters[2 * index + 1] : 0;
    }

    /** Where the request's id lies, from 0 on. */
    public UnsafeBuffer id() {
        return id;
    }

    /** Length of the id in bytes. */
    public int idLength() {
        return idLength;
    }

    /** What the filters of this shard work with. */
    FilterShard shard() {
        return shard;
    }

    /** Whether the client has an address, which one of a Unix socket has not. */
    public boolean hasAddress() {
        return hasAddress;
    }

    /** First half of the client's address, IPv4 being IPv4-mapped; 0 where there is none. */
    public long clientHigh() {
        return clientHigh;
    }

    /** Second half of the client's address. */
    public long clientLow() {
        return clientLow;
    }

    /** The client's address as text, not to be changed. */
    public byte[] clientAddress() {
        return clientAddress;
    }
}
