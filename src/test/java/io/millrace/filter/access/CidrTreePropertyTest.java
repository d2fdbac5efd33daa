package io.millrace.filter.access;

import static org.assertj.core.api.Assertions.fail;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Compares the tree with a look at each network, over addresses that share most of their bits. */
final class CidrTreePropertyTest {
    private static final BigInteger TWO = BigInteger.TWO;
    private static final BigInteger SPACE = TWO.pow(128);
    private static final BigInteger MAPPED = BigInteger.valueOf(0xffff).shiftLeft(32);

    /** One rule of the model: a range of addresses as numbers; immutable. */
    record Rule(boolean ipv4, BigInteger first, int prefix, Verdict verdict) {
        boolean holds(BigInteger address) {
            return address.shiftRight(128 - prefix).equals(first.shiftRight(128 - prefix));
        }

        BigInteger last() {
            return first.add(TWO.pow(128 - prefix)).subtract(BigInteger.ONE);
        }

        String text() {
            return CidrTreePropertyTest.text(first, ipv4) + '/' + (ipv4 ? prefix - 96 : prefix);
        }
    }

    @Property(tries = 2_000, shrinking = ShrinkingMode.BOUNDED)
    void shouldAnswerAsALookAtEachNetworkDoes(@ForAll("rules") List<Rule> written) {
        List<Rule> rules = withoutContradictions(written);
        CidrTreeBuilder builder = new CidrTreeBuilder();
        rules.forEach(rule -> builder.add(rule.text(), rule.verdict));
        CidrTree tree = builder.build();
        for (BigInteger address : edges(rules)) {
            Verdict right = naive(rules, address);
            Verdict found = tree.verdict(address.shiftRight(64).longValue(), address.longValue());
            if (found != right) {
                fail("%s instead of %s for %s in %s", found, right, text(address, false), rules);
            }
        }
    }

    /** A network holds addresses of its own family only; the longest prefix wins. */
    private static Verdict naive(List<Rule> rules, BigInteger address) {
        boolean ipv4 = address.shiftRight(32).equals(MAPPED.shiftRight(32));
        Rule best = null;
        for (Rule rule : rules) {
            if (!ipv4 || rule.prefix >= 96) {
                boolean longer = best == null || rule.prefix > best.prefix;
                best = rule.holds(address) && longer ? rule : best;
            }
        }
        return best == null ? Verdict.NONE : best.verdict;
    }

    private static List<BigInteger> edges(List<Rule> rules) {
        List<BigInteger> edges = new ArrayList<>();
        List<BigInteger> ends = new ArrayList<>(List.of(BigInteger.ZERO, MAPPED));
        rules.forEach(rule -> ends.addAll(List.of(rule.first, rule.last())));
        for (BigInteger end : ends) {
            for (int i = -1; i <= 1; i++) {
                edges.add(end.add(BigInteger.valueOf(i)).mod(SPACE));
            }
        }
        edges.add(MAPPED.add(BigInteger.valueOf(0xffff_ffffL)));
        return edges;
    }

    private static List<Rule> withoutContradictions(List<Rule> written) {
        List<Rule> rules = new ArrayList<>();
        for (Rule rule : written) {
            boolean contradicts =
                    rules.stream()
                            .anyMatch(other ->
                                    other.first.equals(rule.first)
                                            && other.prefix == rule.prefix
                                            && other.verdict != rule.verdict);
            if (!contradicts) {
                rules.add(rule);
            }
        }
        return rules;
    }

    @Provide
    Arbitrary<List<Rule>> rules() {
        Arbitrary<Integer> prefixes4 =
                Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 32), Arbitraries.of(0, 8, 31, 32));
        Arbitrary<Integer> prefixes6 =
                Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 128),
                        Arbitraries.of(0, 1, 32, 63, 64, 65, 95, 96, 97, 127, 128));
        Arbitrary<Long> low4 = Arbitraries.of(0L, -1L, 0x0a00_0000L, 0x0a01_0203L, 0x0a01_02ffL);
        Arbitrary<Long> high6 = Arbitraries.of(0L, -1L, 0x2001_0db8_0000_0000L, Long.MIN_VALUE);
        Arbitrary<Long> low6 = Arbitraries.of(0L, -1L, 1L, 0xffff_0a00_0000L, Long.MIN_VALUE);
        Arbitrary<Verdict> verdicts = Arbitraries.of(Verdict.ALLOW, Verdict.DENY);
        Arbitrary<Rule> ipv4 =
                Combinators.combine(low4, prefixes4, verdicts)
                        .as((low, prefix, verdict) ->
                                rule(
                                        true,
                                        0,
                                        0xffff_0000_0000L | (low & 0xffff_ffffL),
                                        96 + prefix,
                                        verdict));
        Arbitrary<Rule> ipv6 =
                Combinators.combine(high6, low6, prefixes6, verdicts)
                        .as((high, low, prefix, verdict) ->
                                rule(false, high, low, prefix, verdict));
        return Arbitraries.oneOf(ipv4, ipv6).list().ofMaxSize(16);
    }

    private static Rule rule(boolean ipv4, long high, long low, int prefix, Verdict verdict) {
        BigInteger address = number(high).shiftLeft(64).add(number(low));
        int host = 128 - prefix;
        return new Rule(ipv4, address.shiftRight(host).shiftLeft(host), prefix, verdict);
    }

    private static BigInteger number(long bits) {
        return new BigInteger(Long.toUnsignedString(bits));
    }

    private static String text(BigInteger address, boolean ipv4) {
        byte[] bytes = new byte[ipv4 ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = address.shiftRight(8 * (bytes.length - 1 - i)).byteValue();
        }
        try {
            InetAddress plain = InetAddress.getByAddress(bytes);
            return plain.getAddress().length == bytes.length
                    ? plain.getHostAddress()
                    : "::ffff:" + plain.getHostAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
