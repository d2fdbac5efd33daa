package io.millrace.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What leaves after others; the turns are begun and ended by hand, on the shard's thread. */
final class FollowersTest {
    private Shard shard = Shard.start(0, Shard.UNPINNED, Transport.EPOLL.ioHandlerFactory());
    private final List<String> order = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        shard.stop().get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldLeaveInTheSameTurnWhereNothingElseDoes() throws Exception {
        onShard(() -> {
            follower("request");
            endTurn();
        });
        assertThat(order).containsExactly("request", "|");
    }

    @Test
    void shouldGiveOthersOneTurnAndNotTwo() throws Exception {
        onShard(() -> {
            follower("request 1");
            other("answer 1");
            endTurn();
            follower("request 2");
            other("answer 2");
            endTurn();
            follower("request 3");
            endTurn();
        });
        assertThat(order)
                .containsExactly(
                        "answer 1",
                        "|",
                        "answer 2",
                        "request 1",
                        "request 2",
                        "|",
                        "request 3",
                        "|");
    }

    @Test
    void shouldNotWaitWhenThereAreEnough() throws Exception {
        onShard(() -> {
            follower("request");
            shard.followNow();
            other("answer");
            endTurn();
            follower("next request");
            other("next answer");
            endTurn();
        });
        assertThat(order).startsWith("answer", "request", "|", "next answer", "|");
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldNotLetTheLoopSleepMeanwhile(Transport transport) throws Exception {
        stop();
        shard = Shard.start(0, Shard.UNPINNED, transport.ioHandlerFactory());
        CountDownLatch left = new CountDownLatch(1);
        onShard(() -> {
            other("answer");
            shard.afterOthers(left::countDown);
            endTurn();
        });
        // Nothing else happens: a loop that slept would sleep for ever.
        assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private void onShard(Runnable turns) throws Exception {
        shard.loop().submit(turns).get(10, TimeUnit.SECONDS);
    }

    private void follower(String name) {
        shard.afterOthers(() -> order.add(name));
    }

    private void other(String name) {
        shard.atTurnEnd(() -> order.add(name));
    }

    private void endTurn() {
        shard.afterTurn(1);
        order.add("|");
    }
}
