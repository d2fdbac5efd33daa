package io.millrace.filter.access;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Networks that are allowed or denied, the longest prefix wins; immutable, safe from any thread.
 *
 * <p>An address is 16 bytes as two longs, the first byte highest; IPv4 is IPv4-mapped (RFC 4291,
 * section 2.5.5.2): {@code 10.1.2.3} is {@code ::ffff:10.1.2.3}. IPv4 stays apart from IPv6: {@code
 * 0.0.0.0/0} holds all IPv4 addresses and {@code ::/0} only IPv6 ones, as it is read by everybody
 * who writes it, so a rule for all clients needs both.
 *
 * <p>The tree is laid flat when it is built: networks lie within each other or apart, so they cut
 * all addresses into ranges with one verdict each, at most two per network and one. A look-up is a
 * binary search among the distinct first halves of where ranges begin, and among second halves only
 * where the first half is the address's own.
 */
@HotPath
@OwnedBy(Role.ANY)
public final class CidrTree {
    private static final int MAPPED = 0xffff;
    private static final Verdict[] VERDICTS = Verdict.values();

    /** Distinct first halves, ascending as unsigned numbers; the first is 0. */
    private final long[] highs;

    /** Where the ranges of a first half begin, and after the last one their number. */
    private final int[] begins;

    /** Second halves of where ranges begin; of each first half the first is 0. */
    private final long[] lows;

    private final byte[] verdicts;

    /** Numbers are stored with their sign bit flipped, so that signed comparison orders them. */
    CidrTree(long[] highs, int[] begins, long[] lows, byte[] verdicts) {
        this.highs = highs;
        this.begins = begins;
        this.lows = lows;
        this.verdicts = verdicts;
    }

    /** What the table says of an address of two halves. */
    public Verdict verdict(long high, long low) {
        long key = high ^ Long.MIN_VALUE;
        int found = floor(highs, 0, highs.length, key);
        int begin = begins[found];
        int end = begins[found + 1];
        int range = highs[found] == key ? floor(lows, begin, end, low ^ Long.MIN_VALUE) : end - 1;
        return VERDICTS[verdicts[range]];
    }

    /** What the table says of an IPv4 address, its first byte highest. */
    public Verdict verdict(int ipv4) {
        return verdict(0, (long) MAPPED << Integer.SIZE | Integer.toUnsignedLong(ipv4));
    }

    /** What the table says of an address of 4 or 16 bytes, as the JDK gives it. */
    public Verdict verdict(byte[] address) {
        return address.length == Integer.BYTES
                ? verdict((int) number(address, 0, Integer.BYTES))
                : verdict(
                        number(address, 0, Long.BYTES),
                        number(address, Long.BYTES, 2 * Long.BYTES));
    }

    /** How many ranges the networks were laid out as. */
    public int ranges() {
        return verdicts.length;
    }

    private static long number(byte[] bytes, int from, int end) {
        long number = 0;
        for (int i = from; i < end; i++) {
            number = number << Byte.SIZE | (bytes[i] & 0xff);
        }
        return number;
    }

    /**
     * The index of the last number up to {@code key} in [from, end); the first one there is never
     * above it. Each step is a choice of two values and no jump: among random addresses every
     * second jump would be guessed wrongly.
     */
    private static int floor(long[] numbers, int from, int end, long key) {
        int at = from;
        int left = end - from;
        while (left > 1) {
            int half = left >>> 1;
            at = numbers[at + half] <= key ? at + half : at;
            left -= half;
        }
        return at;
    }
}
