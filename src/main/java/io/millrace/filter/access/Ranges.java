package io.millrace.filter.access;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Lays networks flat, into ranges that follow each other without a gap; used by the conductor.
 *
 * <p>Networks come in ascending order, the outer before the inner. Each begins a range, and another
 * one begins behind its end with the verdict of the network around it.
 */
@OwnedBy(Role.CONDUCTOR)
final class Ranges {
    /** A network whose end has not been reached. */
    private record Open(Network network, Verdict verdict) {}

    private final Deque<Open> open = new ArrayDeque<>();
    private final long[] highs;
    private final long[] lows;
    private final byte[] verdicts;
    private int count;

    /** Room for so many ranges. */
    Ranges(int capacity) {
        highs = new long[capacity];
        lows = new long[capacity];
        verdicts = new byte[capacity];
        begin(0, 0, Verdict.NONE);
    }

    void enter(Network network, Verdict verdict) {
        while (!open.isEmpty() && isBehind(network, open.getLast().network)) {
            leave();
        }
        begin(network.high(), network.low(), verdict);
        open.addLast(new Open(network, verdict));
    }

    CidrTree finish() {
        while (!open.isEmpty()) {
            leave();
        }
        return layOut();
    }

    private void leave() {
        Network left = open.removeLast().network;
        Verdict around = open.isEmpty() ? Verdict.NONE : open.getLast().verdict;
        long low = left.lastLow() + 1;
        long high = low == 0 ? left.lastHigh() + 1 : left.lastHigh();
        boolean last = (high | low) == 0;
        if (!last) {
            begin(high, low, around);
        }
    }

    /** The later of two ranges that begin at one address is the inner one, or the next one. */
    private void begin(long high, long low, Verdict verdict) {
        if (count > 0 && highs[count - 1] == high && lows[count - 1] == low) {
            count--;
        }
        if (count > 0 && verdicts[count - 1] == verdict.ordinal()) {
            return;
        }
        highs[count] = high;
        lows[count] = low;
        verdicts[count++] = (byte) verdict.ordinal();
    }

    private static boolean isBehind(Network network, Network before) {
        int order = Long.compareUnsigned(network.high(), before.lastHigh());
        return order > 0
                || (order == 0 && Long.compareUnsigned(network.low(), before.lastLow()) > 0);
    }

    /** Gives each first half a range at its second half 0, which goes on from the one before. */
    private CidrTree layOut() {
        long[] halves = new long[count];
        int[] begins = new int[count + 1];
        long[] seconds = new long[2 * count];
        byte[] said = new byte[2 * count];
        int firsts = 0;
        int size = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || highs[i] != highs[i - 1]) {
                halves[firsts] = highs[i] ^ Long.MIN_VALUE;
                begins[firsts++] = size;
                if (lows[i] != 0) {
                    seconds[size] = Long.MIN_VALUE;
                    said[size++] = verdicts[i - 1];
                }
            }
            seconds[size] = lows[i] ^ Long.MIN_VALUE;
            said[size++] = verdicts[i];
        }
        begins[firsts] = size;
        return new CidrTree(
                Arrays.copyOf(halves, firsts),
                Arrays.copyOf(begins, firsts + 1),
                Arrays.copyOf(seconds, size),
                Arrays.copyOf(said, size));
    }
}
