package io.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.transport.Readiness;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order and the measure in which sockets get their turn. */
final class ReadyQueueTest {
    private final ReadyQueue queue = new ReadyQueue(() -> this.moved);
    private final List<String> delivered = new ArrayList<>();
    private long moved;

    @Test
    void shouldDeliverNothingBeforeTheTurn() {
        Readiness.Listener a = socket("a", 1);
        assertThat(queue.isPending()).isFalse();
        a.onReady(Readiness.READABLE);
        assertThat(delivered).isEmpty();
        assertThat(queue.isPending()).isTrue();
        queue.onTurn(false);
        assertThat(delivered).containsExactly("a1");
        assertThat(queue.isPending()).isFalse();
    }

    @Test
    void shouldTellOnceWhatWasHeardTwice() {
        Readiness.Listener a = socket("a", 1);
        a.onReady(Readiness.READABLE);
        a.onReady(Readiness.WRITABLE);
        queue.onTurn(false);
        queue.onTurn(false);
        assertThat(delivered).containsExactly("a5");
    }

    @Test
    void shouldLeaveForTheNextTurnWhatIsTooMuchForOne() {
        List<Readiness.Listener> sockets =
                List.of(
                        socket("a", ReadyQueue.TURN_BYTES / 2),
                        socket("b", ReadyQueue.TURN_BYTES),
                        socket("c", 1));
        sockets.forEach(socket -> socket.onReady(1));
        queue.onTurn(false);
        assertThat(delivered).containsExactly("a1", "b1");
        // What is ready again comes behind what has not had its turn.
        sockets.getFirst().onReady(1);
        queue.onTurn(false);
        assertThat(delivered).containsExactly("a1", "b1", "c1", "a1");
        assertThat(queue.isPending()).isFalse();
    }

    @Test
    void shouldComeBackInTheNextTurnToWhatIsReadyAtOnce() {
        endless("x", 0).onReady(1);
        queue.onTurn(false);
        assertThat(delivered).containsExactly("x");
        assertThat(queue.isPending()).isTrue();
        queue.onTurn(false);
        assertThat(delivered).containsExactly("x", "x");
    }

    @Test
    void shouldGoOnWithWhatHasMoreInATurnThatHadNothingElseToDo() {
        Readiness.Listener a = endless("a", ReadyQueue.TURN_BYTES);
        Readiness.Listener b = endless("b", ReadyQueue.TURN_BYTES);
        a.onReady(1);
        b.onReady(1);
        queue.onTurn(true);
        assertThat(delivered).containsExactly("a", "a", "a", "a");
        queue.onTurn(false);
        assertThat(delivered).containsExactly("a", "a", "a", "a", "b");
        queue.onTurn(true);
        assertThat(delivered.subList(5, delivered.size())).containsExactly("a", "a", "a", "a");
    }

    @Test
    void shouldLeaveForTheNextTurnWhatIsReadyAtOnceButMovesNothing() {
        endless("x", 0).onReady(1);
        queue.onTurn(true);
        assertThat(delivered).containsExactly("x");
    }

    /** One that is ready again whenever it has moved so much. */
    private Readiness.Listener endless(String name, long bytes) {
        List<Readiness.Listener> again = new ArrayList<>();
        again.add(
                queue.inTurn(mask -> {
                    delivered.add(name);
                    moved += bytes;
                    again.getFirst().onReady(mask);
                }));
        return again.getFirst();
    }

    private Readiness.Listener socket(String name, long bytes) {
        return queue.inTurn(mask -> {
            delivered.add(name + mask);
            moved += bytes;
        });
    }
}
