package io.millrace.filter.access;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Looks up random addresses, half of them in a network; owned by JMH.
 *
 * <p>To reach: 100 ns among 100,000 networks, 0 bytes ({@code -prof gc}).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CidrTreeBenchmark {
    private static final int SAMPLES = 1 << 16;

    /** Number of networks. */
    @Param("100000")
    public int networks;

    /** What the networks and addresses are: IPv4, IPv6 up to /64, single IPv6 addresses. */
    @Param({"ipv4", "ipv6", "ipv6Hosts"})
    public String family;

    private final long[] highs = new long[SAMPLES];
    private final long[] lows = new long[SAMPLES];
    private CidrTree tree;
    private int next;

    /** Builds the tree and draws addresses. */
    @Setup(Level.Trial)
    public void setUp() {
        Random random = new Random(1);
        long[][] drawn = new long[networks][];
        CidrTreeBuilder builder = new CidrTreeBuilder();
        for (int i = 0; i < networks; i++) {
            drawn[i] = draw(random);
            long[] network = drawn[i];
            // It follows from the network, so that one drawn twice has one verdict.
            Verdict verdict =
                    Long.hashCode(network[0] ^ network[1]) % 2 == 0 ? Verdict.DENY : Verdict.ALLOW;
            builder.add(network[0], network[1], (int) network[2], verdict);
        }
        tree = builder.build();
        for (int i = 0; i < SAMPLES; i++) {
            long[] near = (i & 1) == 0 ? drawn[random.nextInt(networks)] : draw(random);
            highs[i] = near[0];
            lows[i] = near[1];
        }
    }

    /** One look-up. */
    @Benchmark
    public Verdict verdict() {
        int sample = next++ & (SAMPLES - 1);
        return tree.verdict(highs[sample], lows[sample]);
    }

    private long[] draw(Random random) {
        if (family.equals("ipv4")) {
            int prefix = 16 + random.nextInt(17);
            long mask = -1L << (32 - prefix);
            return new long[] {
                0, 0xffff_0000_0000L | (random.nextInt() & 0xffff_ffffL & mask), 96 + prefix
            };
        }
        long high = 0x2000_0000_0000_0000L | (random.nextLong() >>> 3);
        if (family.equals("ipv6Hosts")) {
            return new long[] {high, random.nextLong(), 128};
        }
        int prefix = 32 + random.nextInt(33);
        return new long[] {high & (-1L << (64 - prefix)), 0, prefix};
    }
}
