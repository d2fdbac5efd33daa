package io.millrace.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Work that gets its share of each turn of a real loop. */
final class TurnWorkTest {
    private static final int TURNS = 5;

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldBeDoneLastInEachTurnAndKeepTheLoopFromWaiting(Transport transport) throws Exception {
        Shard shard = Shard.start(0, Shard.UNPINNED, transport.ioHandlerFactory());
        try {
            Recorder work = new Recorder(shard);
            shard.execute(() -> shard.work(work));
            // Nothing else happens: a loop that waited would wait for ever.
            assertThat(work.done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(work.order)
                    .containsExactly(
                            "work", "task", "work", "task", "work", "task", "work", "task", "work");
        } finally {
            shard.stop().get(10, TimeUnit.SECONDS);
        }
    }

    /** Has something to do for some turns, and something to put off to the end of each. */
    private static final class Recorder implements TurnWork {
        final List<String> order = new ArrayList<>();
        final CountDownLatch done = new CountDownLatch(1);
        private final Shard shard;
        private int turns;

        Recorder(Shard shard) {
            this.shard = shard;
        }

        @Override
        public boolean isPending() {
            return turns < TURNS;
        }

        @Override
        public void onTurn(boolean alone) {
            if (!isPending()) {
                return;
            }
            order.add(alone ? "work" : "work beside other");
            if (++turns == TURNS) {
                done.countDown();
            } else {
                shard.atTurnEnd(() -> order.add("task"));
            }
        }
    }
}
