package io.millrace.snapshot;

import java.util.Arrays;
import java.util.List;

/** A set of networks, asked about once per connection; immutable, safe from any thread. */
public final class CidrSet {
    /** One network; bits beyond the prefix are zero. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Network(byte[] address, int prefixLength) {}

    /** Contains nothing. */
    public static final CidrSet EMPTY = new CidrSet(List.of());

    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private final Network[] networks;

    /** A set of the given networks. */
    public CidrSet(List<Network> networks) {
        this.networks = networks.toArray(new Network[0]);
    }

    /** Whether nothing is in it. */
    public boolean isEmpty() {
        return networks.length == 0;
    }

    /**
     * Whether an address of 4 or 16 bytes lies in one of the networks; IPv4-mapped addresses count
     * as IPv4.
     */
    public boolean contains(byte[] address) {
        byte[] plain =
                address.length == 16 && Arrays.equals(address, 0, 12, MAPPED, 0, 12)
                        ? Arrays.copyOfRange(address, 12, 16)
                        : address;
        for (Network network : networks) {
            if (network.address().length == plain.length
                    && matches(network.address(), plain, network.prefixLength())) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(byte[] network, byte[] address, int prefixLength) {
        int whole = prefixLength >> 3;
        if (!Arrays.equals(network, 0, whole, address, 0, whole)) {
            return false;
        }
        int bits = prefixLength & 7;
        if (bits == 0) {
            return true;
        }
        int mask = 0xFF << (8 - bits);
        return (network[whole] & mask) == (address[whole] & mask);
    }
}
