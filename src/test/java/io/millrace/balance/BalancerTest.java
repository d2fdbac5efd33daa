package io.millrace.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.proxyprotocol.SentVersion;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerTest {
    private static final LoadView IDLE = _ -> 0;
    private static final int PICKS = 70_000;

    private static EndpointSet set(Algorithm algorithm, int... weights) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            InetSocketAddress address = InetSocketAddress.createUnresolved("e" + i, 80);
            endpoints.add(new Endpoint("e" + i, "e" + i, address, false, weights[i], Map.of()));
        }
        return new EndpointSet(
                "app",
                algorithm,
                endpoints,
                new PoolSettings(1, 0, 1, 1, 1, 1, PipeliningSettings.OFF),
                1,
                1,
                SentVersion.OFF);
    }

    private static int[] count(Balancer balancer, LoadView load, int endpoints) {
        int[] picks = new int[endpoints];
        for (int i = 0; i < PICKS; i++) {
            picks[balancer.pick(load, Balancer.NONE)]++;
        }
        return picks;
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void shouldPickNothingFromAnEmptySet(Algorithm algorithm) {
        Balancer balancer = Balancer.of(set(algorithm), 1);
        assertThat(balancer.pick(IDLE, Balancer.NONE)).isEqualTo(Balancer.NONE);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void shouldPickTheOnlyEndpointEvenIfItFailedBefore(Algorithm algorithm) {
        Balancer balancer = Balancer.of(set(algorithm, 1), 1);
        assertThat(balancer.pick(IDLE, 0)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void shouldAvoidTheEndpointThatFailed(Algorithm algorithm) {
        Balancer balancer = Balancer.of(set(algorithm, 1, 5, 1), 1);
        for (int i = 0; i < 1000; i++) {
            assertThat(balancer.pick(IDLE, 1)).isIn(0, 2);
        }
    }

    @Test
    void shouldTakeTurnsSmoothlyByWeight() {
        Balancer balancer = Balancer.of(set(Algorithm.ROUND_ROBIN, 5, 1, 1), 1);
        List<Integer> turns = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            turns.add(balancer.pick(IDLE, Balancer.NONE));
        }
        assertThat(turns).containsExactly(0, 0, 1, 0, 2, 0, 0);
    }

    @Test
    void shouldChooseAtRandomInProportionToTheWeights() {
        int[] picks = count(Balancer.of(set(Algorithm.RANDOM, 5, 1, 1), 42), IDLE, 3);
        assertThat(picks[0]).isBetween(49_000, 51_000);
        assertThat(picks[1]).isBetween(9_000, 11_000);
        assertThat(picks[2]).isBetween(9_000, 11_000);
    }

    @Test
    void shouldNeverTakeTheBusiestOfManyByLeastRequest() {
        LoadView load = endpoint -> endpoint == 3 ? 100 : 1;
        int[] picks = count(Balancer.of(set(Algorithm.LEAST_REQUEST, 1, 1, 1, 1), 7), load, 4);
        assertThat(picks[3]).isZero();
        assertThat(picks[0]).isPositive();
        assertThat(picks[1]).isPositive();
        assertThat(picks[2]).isPositive();
    }

    @Test
    void shouldMeasureLoadAgainstWeightByLeastRequest() {
        LoadView load = endpoint -> endpoint == 0 ? 4 : 1;
        Balancer balancer = Balancer.of(set(Algorithm.LEAST_REQUEST, 10, 1), 7);
        for (int i = 0; i < 100; i++) {
            assertThat(balancer.pick(load, Balancer.NONE)).isZero();
        }
    }
}
