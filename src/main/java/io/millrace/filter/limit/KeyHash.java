package io.millrace.filter.limit;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Turns the parts of a key into 64 bits; owned by one shard, used again for every key.
 *
 * <p>SipHash-1-3 (Aumasson and Bernstein, 2012; the variant that Rust and Python use against chosen
 * collisions), under the random key of the cells' file, so nobody outside can find two clients that
 * share a cell. What is hashed is the limit's id, then each part with its length before it, padded
 * to eight bytes: different parts never make the same input. 64 bits suffice, for at a given time
 * 65,536 keys share a cell somewhere with a probability of 1 in 8 million.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class KeyHash {
    private final long seed0;
    private final long seed1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long length;

    KeyHash(long seed0, long seed1) {
        this.seed0 = seed0;
        this.seed1 = seed1;
    }

    /** Begins the key of a limit, whose state is kept under its name. */
    public void begin(RateLimit limit) {
        begin(limit.id());
    }

    void begin(long id) {
        v0 = seed0 ^ 0x736f6d6570736575L;
        v1 = seed1 ^ 0x646f72616e646f6dL;
        v2 = seed0 ^ 0x6c7967656e657261L;
        v3 = seed1 ^ 0x7465646279746573L;
        length = 0;
        absorb(id);
    }

    /** Adds a part that is a number, for instance an IPv4 address. */
    public void add(long part) {
        absorb(part);
    }

    /** Adds all of a buffer as one part. */
    public void add(DirectBuffer part) {
        add(part, 0, part.capacity());
    }

    /** Adds some bytes as one part. */
    public void add(DirectBuffer bytes, int offset, int partLength) {
        absorb(partLength);
        int end = offset + partLength;
        int at = offset;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            absorb(bytes.getLong(at, ByteOrder.LITTLE_ENDIAN));
        }
        if (at < end) {
            absorb(rest(bytes, at, end));
        }
    }

    /** Ends the key. */
    public long end() {
        absorb(length << 56);
        v2 ^= 0xff;
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long rest(DirectBuffer bytes, int from, int end) {
        long word = 0;
        for (int i = end - 1; i >= from; i--) {
            word = word << Byte.SIZE | (bytes.getByte(i) & 0xff);
        }
        return word;
    }

    private void absorb(long word) {
        length += Long.BYTES;
        v3 ^= word;
        round();
        v0 ^= word;
    }

    private void round() {
        long a = v0 + v1;
        long b = Long.rotateLeft(v1, 13) ^ a;
        long c = v2 + v3;
        long d = Long.rotateLeft(v3, 16) ^ c;
        long e = Long.rotateLeft(a, 32) + d;
        long f = c + b;
        v3 = Long.rotateLeft(d, 21) ^ e;
        v0 = e;
        v1 = Long.rotateLeft(b, 17) ^ f;
        v2 = Long.rotateLeft(f, 32);
    }
}
