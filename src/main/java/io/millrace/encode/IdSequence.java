package io.millrace.encode;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.security.SecureRandom;

/**
 * Random numbers for request ids, seeded from the system's source; owned by one shard.
 *
 * <p>xoroshiro128++ (Blackman, Vigna 2019): ids are unique in practice but no secret.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class IdSequence {
    private long s0;
    private long s1;

    public IdSequence() {
        SecureRandom seed = new SecureRandom();
        s0 = seed.nextLong() | 1;
        s1 = seed.nextLong();
    }

    public long next() {
        long a = s0;
        long b = s1;
        long result = Long.rotateLeft(a + b, 17) + a;
        b ^= a;
        s0 = Long.rotateLeft(a, 49) ^ b ^ (b << 21);
        s1 = Long.rotateLeft(b, 28);
        return result;
    }
}
