package io.millrace.filter.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CidrTreeTest {
    @Test
    void shouldHoldNothingWhenEmpty() throws UnknownHostException {
        CidrTree tree = new CidrTreeBuilder().build();
        assertThat(verdict(tree, "10.0.0.1")).isEqualTo(Verdict.NONE);
        assertThat(verdict(tree, "::1")).isEqualTo(Verdict.NONE);
        assertThat(tree.ranges()).isEqualTo(1);
    }

    @Test
    void shouldLetTheLongestPrefixWinInWhateverOrder() throws UnknownHostException {
        CidrTree tree =
                new CidrTreeBuilder()
                        .add("10.1.2.3", Verdict.ALLOW)
                        .add("10.0.0.0/8", Verdict.ALLOW)
                        .add("10.1.0.0/16", Verdict.DENY)
                        .build();
        assertThat(verdict(tree, "10.2.0.0")).isEqualTo(Verdict.ALLOW);
        assertThat(verdict(tree, "10.1.2.2")).isEqualTo(Verdict.DENY);
        assertThat(verdict(tree, "10.1.2.3")).isEqualTo(Verdict.ALLOW);
        assertThat(verdict(tree, "10.1.2.4")).isEqualTo(Verdict.DENY);
        assertThat(verdict(tree, "9.255.255.255")).isEqualTo(Verdict.NONE);
        assertThat(verdict(tree, "11.0.0.0")).isEqualTo(Verdict.NONE);
    }

    @Test
    void shouldTellPrefixesApartBeyondTheFirstEightBytes() throws UnknownHostException {
        CidrTree tree =
                new CidrTreeBuilder()
                        .add("2001:db8::/32", Verdict.ALLOW)
                        .add("2001:db8:0:1::/64", Verdict.DENY)
                        .add("2001:db8:0:1::80/121", Verdict.ALLOW)
                        .build();
        assertThat(verdict(tree, "2001:db8:0:2::")).isEqualTo(Verdict.ALLOW);
        assertThat(verdict(tree, "2001:db8:0:1::7f")).isEqualTo(Verdict.DENY);
        assertThat(verdict(tree, "2001:db8:0:1::80")).isEqualTo(Verdict.ALLOW);
        assertThat(verdict(tree, "2001:db8:0:1::ff")).isEqualTo(Verdict.ALLOW);
        assertThat(verdict(tree, "2001:db8:0:1::100")).isEqualTo(Verdict.DENY);
        assertThat(verdict(tree, "2001:db9::")).isEqualTo(Verdict.NONE);
    }

    @Test
    void shouldTakeIpv4AndItsMappedFormForTheSame() throws UnknownHostException {
        CidrTree tree =
                new CidrTreeBuilder()
                        .add("::ffff:10.0.0.0/104", Verdict.DENY)
                        .add("192.0.2.1", Verdict.ALLOW)
                        .build();
        assertThat(verdict(tree, "10.9.9.9")).isEqualTo(Verdict.DENY);
        assertThat(tree.verdict(0, 0xffff_0a09_0909L)).isEqualTo(Verdict.DENY);
        assertThat(tree.verdict(0xc000_0201)).isEqualTo(Verdict.ALLOW);
    }

    @Test
    void shouldKeepShorterIpv6PrefixesOutOfIpv4() throws UnknownHostException {
        CidrTree tree =
                new CidrTreeBuilder()
                        .add("::/0", Verdict.ALLOW)
                        .add("10.0.0.0/8", Verdict.DENY)
                        .build();
        assertThat(verdict(tree, "2001:db8::1")).isEqualTo(Verdict.ALLOW);
        assertThat(verdict(tree, "10.0.0.1")).isEqualTo(Verdict.DENY);
        assertThat(verdict(tree, "192.0.2.1")).isEqualTo(Verdict.NONE);
        CidrTree both =
                new CidrTreeBuilder()
                        .add("::/0", Verdict.ALLOW)
                        .add("0.0.0.0/0", Verdict.DENY)
                        .build();
        assertThat(verdict(both, "::fffe:ffff:ffff")).isEqualTo(Verdict.ALLOW);
        assertThat(verdict(both, "0.0.0.0")).isEqualTo(Verdict.DENY);
        assertThat(verdict(both, "255.255.255.255")).isEqualTo(Verdict.DENY);
        assertThat(verdict(both, "::1:0:0:0")).isEqualTo(Verdict.ALLOW);
    }

    @Test
    void shouldMergeNeighboursOfOneVerdict() {
        CidrTree tree =
                new CidrTreeBuilder()
                        .add("10.0.0.0/9", Verdict.DENY)
                        .add("10.128.0.0/9", Verdict.DENY)
                        .add("10.3.0.0/16", Verdict.DENY)
                        .build();
        // one in front, the network, one behind
        assertThat(tree.ranges()).isEqualTo(3);
    }

    @Test
    void shouldReportEveryBadEntryWithWhatWouldBeRight() {
        CidrTreeBuilder builder =
                new CidrTreeBuilder()
                        .add("10.1.2.3/8", Verdict.ALLOW)
                        .add("10.0.0.0/33", Verdict.ALLOW)
                        .add("10.0.0.0/8", Verdict.ALLOW)
                        .add("example.com", Verdict.DENY)
                        .add("::ffff:10.0.0.0/104", Verdict.DENY)
                        .add("2001:db8::1/32", Verdict.DENY)
                        .add("2001:db8::/x", Verdict.DENY)
                        .add("10.0.0.0/8", Verdict.ALLOW)
                        .add(0, 1, 129, Verdict.ALLOW)
                        .add(0, 0xffff_0a00_0001L, 104, Verdict.ALLOW);
        String notNetwork =
                " is not a network; write an address and a prefix length, for instance 10.0.0.0/8"
                        + " or 2001:db8::/32";
        assertThat(builder.problems())
                .containsExactly(
                        new NetworkProblem(
                                0,
                                "10.1.2.3/8 has bits set behind its prefix; write 10.0.0.0/8 for"
                                        + " the network, or 10.1.2.3/32 for the one address"),
                        new NetworkProblem(
                                1,
                                "\"10.0.0.0/33\" is not a network; the prefix length must be a"
                                        + " number from 0 to 32"),
                        new NetworkProblem(3, "\"example.com\"" + notNetwork),
                        new NetworkProblem(
                                4,
                                "10.0.0.0/8 has the verdict deny here and allow in entry 2; keep"
                                        + " one of the two"),
                        new NetworkProblem(
                                5,
                                "2001:db8::1/32 has bits set behind its prefix; write"
                                        + " 2001:db8::/32 for the network, or 2001:db8::1/128 for"
                                        + " the one address"),
                        new NetworkProblem(
                                6,
                                "\"2001:db8::/x\" is not a network; the prefix length must be a"
                                        + " number from 0 to 128"),
                        new NetworkProblem(8, "a prefix of 129 bits; it must be from 0 to 128"),
                        new NetworkProblem(
                                9,
                                "10.0.0.1/8 has bits set behind its prefix; write 10.0.0.0/8 for"
                                        + " the network, or 10.0.0.1/32 for the one address"));
        assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldRefuseWhatOnlyLooksLikeAnAddress() {
        for (String text :
                List.of(
                        "",
                        "/8",
                        "10.0.0/8",
                        "010.0.0.0/8",
                        "10.0.0.0/",
                        "fe80::1%eth0",
                        "[::1]",
                        "1:2:3:4:5:6:7:8:9",
                        "::1/-1",
                        " 10.0.0.1",
                        "10.0.0.256",
                        ":",
                        "10.0.0.0/+8")) {
            assertThat(new CidrTreeBuilder().add(text, Verdict.DENY).problems())
                    .as(text)
                    .hasSize(1);
        }
    }

    @Test
    void shouldAllocateNothing() {
        CidrTreeBuilder builder = new CidrTreeBuilder();
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            builder.add(random.nextLong() & (-1L << 16), 0, 48, Verdict.DENY);
            builder.add(
                    0, 0xffff_0000_0000L | (random.nextInt() & 0xffff_ff00L), 120, Verdict.ALLOW);
        }
        CidrTree tree = builder.build();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().threadId();
        lookUpMany(tree, 100_000);
        threads.getThreadAllocatedBytes(self);

        long before = threads.getThreadAllocatedBytes(self);
        lookUpMany(tree, 1_000_000);
        assertThat(threads.getThreadAllocatedBytes(self) - before).isLessThan(1_000);
    }

    private static void lookUpMany(CidrTree tree, int times) {
        byte[] address = {10, 0, 0, 1};
        long bits = 1;
        for (int i = 0; i < times; i++) {
            bits = bits * 0x9e3779b97f4a7c15L + 1;
            address[1] = (byte) i;
            if (tree.verdict(bits, bits) == Verdict.ALLOW || tree.verdict(address) == null) {
                throw new AssertionError("no IPv6 network is allowed");
            }
        }
    }

    private static Verdict verdict(CidrTree tree, String address) throws UnknownHostException {
        return tree.verdict(InetAddress.getByName(address).getAddress());
    }
}
