package io.millrace.filter.access;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collects networks with their verdicts and everything that is wrong with them; used by the
 * conductor.
 *
 * <p>The order does not matter. A network may be added again with the same verdict, as lists put
 * together from several sources have it; with the other verdict it is a problem.
 */
@OwnedBy(Role.CONDUCTOR)
public final class CidrTreeBuilder {
    private static final Comparator<Network> OUTER_FIRST =
            Comparator.comparingLong((Network n) -> n.high() ^ Long.MIN_VALUE)
                    .thenComparingLong(n -> n.low() ^ Long.MIN_VALUE)
                    .thenComparingInt(Network::prefixLength);

    /** What was said of a network, and by which entry. */
    private record Entry(int index, Verdict verdict) {}

    private final Map<Network, Entry> networks = new HashMap<>();
    private final List<NetworkProblem> problems = new ArrayList<>();
    private int entries;

    /** Allows or denies a network such as {@code 10.0.0.0/8}, or one address. */
    public CidrTreeBuilder add(String network, Verdict verdict) {
        int index = entries++;
        try {
            put(index, Network.parse(network), verdict);
        } catch (IllegalArgumentException e) {
            problems.add(new NetworkProblem(index, String.valueOf(e.getMessage())));
        }
        return this;
    }

    /**
     * Allows or denies a network of which the bytes are known.
     *
     * @param high the first eight bytes of the address, IPv4 being IPv4-mapped
     * @param low the last eight bytes
     * @param prefixLength 0 to 128, of an IPv4 network thus 96 to 128
     */
    public CidrTreeBuilder add(long high, long low, int prefixLength, Verdict verdict) {
        int index = entries++;
        try {
            put(index, new Network(high, low, prefixLength), verdict);
        } catch (IllegalArgumentException e) {
            problems.add(new NetworkProblem(index, String.valueOf(e.getMessage())));
        }
        return this;
    }

    /** All that is wrong so far, in the order of the entries. */
    public List<NetworkProblem> problems() {
        return List.copyOf(problems);
    }

    /** The table; {@link IllegalStateException} while there are problems. */
    public CidrTree build() {
        if (!problems.isEmpty()) {
            throw new IllegalStateException(
                    problems.size() + " bad networks, first: " + problems.getFirst().message());
        }
        Map<Network, Entry> all = new TreeMap<>(OUTER_FIRST);
        // All of IPv4 is one network of IPv6, so this keeps a shorter IPv6 prefix out of it.
        all.put(Network.IPV4, new Entry(-1, Verdict.NONE));
        all.putAll(networks);
        Ranges ranges = new Ranges(2 * all.size() + 1);
        all.forEach((network, entry) -> ranges.enter(network, entry.verdict()));
        return ranges.finish();
    }

    private void put(int index, Network network, Verdict verdict) {
        @Nullable Entry before = networks.putIfAbsent(network, new Entry(index, verdict));
        if (before != null && before.verdict != verdict) {
            problems.add(
                    new NetworkProblem(
                            index,
                            network
                                    + " has the verdict "
                                    + verdict.label()
                                    + " here and "
                                    + before.verdict.label()
                                    + " in entry "
                                    + before.index
                                    + "; keep one of the two"));
        }
    }
}
