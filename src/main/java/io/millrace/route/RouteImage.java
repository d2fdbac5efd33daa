package io.millrace.route;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of a route image's header; pure functions, safe from any thread.
 *
 * <p>An image is one run of bytes, little-endian, whose references are offsets from its own start,
 * so that it may be mapped at any address. 0 means "none" in every reference: the header lies
 * there.
 *
 * <pre>
 *   0 magic          4 version       8 length           12 route count
 *  16 routes        20 upstreams    24 upstream count   28 exact hosts
 *  32 their slots   36 wildcard hosts  40 their slots   44 most labels of a wildcard host
 *  48 root node of the default host                     56 checksum of everything behind it
 * </pre>
 */
@OwnedBy(Role.ANY)
final class RouteImage {
    /** "MRRT" as a little-endian number: reads differently on a big-endian machine. */
    static final int MAGIC = 0x5452524d;

    /** Changes with every change of any layout of this package. */
    static final int VERSION = 2;

    static final int HEADER_LENGTH = 64;
    static final int VERSION_OFFSET = 4;
    static final int LENGTH_OFFSET = 8;
    static final int ROUTE_COUNT_OFFSET = 12;
    static final int ROUTES_OFFSET = 16;
    static final int UPSTREAMS_OFFSET = 20;
    static final int UPSTREAM_COUNT_OFFSET = 24;
    static final int EXACT_HOSTS_OFFSET = 28;
    static final int EXACT_SLOTS_OFFSET = 32;
    static final int WILDCARD_HOSTS_OFFSET = 36;
    static final int WILDCARD_SLOTS_OFFSET = 40;
    static final int WILDCARD_LABELS_OFFSET = 44;
    static final int DEFAULT_ROOT_OFFSET = 48;
    static final int CHECKSUM_OFFSET = 56;

    private static final long PRIME = 0x9e3779b97f4a7c15L;

    private RouteImage() {}

    /** Rounds up to the alignment of every record. */
    static int align(int length) {
        return length + 7 & ~7;
    }

    /**
     * Number of slots for so many keys: just as many when few (searched in line), else a power of
     * two.
     */
    static int slots(int keys) {
        return keys <= SlotLayout.LINEAR ? keys : Integer.highestOneBit(keys * 2 - 1) << 1;
    }

    /** Writes magic, version, length and checksum, when everything else is in place. */
    static void seal(MutableDirectBuffer image, int length) {
        image.putInt(0, MAGIC);
        image.putInt(VERSION_OFFSET, VERSION);
        image.putInt(LENGTH_OFFSET, length);
        image.putLong(CHECKSUM_OFFSET, checksum(image, length));
    }

    /** Mixes length and all words but the checksum itself; a flipped bit anywhere changes it. */
    static long checksum(DirectBuffer image, int length) {
        long sum = length;
        for (int i = 0; i + Long.BYTES <= CHECKSUM_OFFSET; i += Long.BYTES) {
            sum = mix(sum, image.getLong(i));
        }
        for (int i = HEADER_LENGTH; i + Long.BYTES <= length; i += Long.BYTES) {
            sum = mix(sum, image.getLong(i));
        }
        return sum;
    }

    /**
     * Throws {@link IllegalArgumentException} saying why, unless these bytes are a whole, unharmed
     * image.
     */
    static void check(DirectBuffer image) {
        if (image.capacity() < HEADER_LENGTH || image.getInt(0) != MAGIC) {
            throw new IllegalArgumentException("not a route image: the magic number is missing");
        }
        int version = image.getInt(VERSION_OFFSET);
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "the route image has format version "
                            + version
                            + ", this program reads "
                            + VERSION);
        }
        int length = image.getInt(LENGTH_OFFSET);
        if (length != image.capacity() || (length & 7) != 0) {
            throw new IllegalArgumentException(
                    "the route image says it has "
                            + length
                            + " bytes, there are "
                            + image.capacity());
        }
        if (image.getLong(CHECKSUM_OFFSET) != checksum(image, length)) {
            throw new IllegalArgumentException(
                    "the route image is damaged: its checksum does not fit");
        }
    }

    private static long mix(long sum, long word) {
        return Long.rotateLeft((sum ^ word) * PRIME, 29);
    }
}
