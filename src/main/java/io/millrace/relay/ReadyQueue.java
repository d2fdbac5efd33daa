package io.millrace.relay;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.TurnWork;
import io.millrace.transport.Readiness;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/**
 * The sockets between which something can be moved, so many bytes a turn however many there are;
 * owned by one shard.
 *
 * <p>They take turns. What they move is moved when everything else has had its turn and its bytes
 * are on their way: small requests wait for one portion, and not for every large body there is.
 * Under io_uring they would wait for more than that: Netty goes on within one turn for as long as
 * polls are submitted and complete, and so long nothing that was written would leave.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class ReadyQueue implements TurnWork {
    /** One filled pipe, each byte of which counts twice; decision 0009 has the figures. */
    static final long TURN_BYTES = 2 * PipePool.PIPE_BYTES;

    /** What is moved in a turn that had nothing else to do, so that there are fewer turns. */
    static final long LONE_TURN_BYTES = 4 * TURN_BYTES;

    private final LongSupplier movedBytes;
    private final ArrayDeque<Entry> ready = new ArrayDeque<>();

    /**
     * An empty queue.
     *
     * @param movedBytes how much has been moved so far
     */
    ReadyQueue(LongSupplier movedBytes) {
        this.movedBytes = movedBytes;
    }

    /** A listener that tells the other one when it has its turn. */
    Readiness.Listener inTurn(Readiness.Listener listener) {
        return new Entry(listener);
    }

    @Override
    public boolean isPending() {
        return !ready.isEmpty();
    }

    @Override
    public void onTurn(boolean alone) {
        long end = movedBytes.getAsLong() + (alone ? LONE_TURN_BYTES : TURN_BYTES);
        for (int i = ready.size(); i > 0 && movedBytes.getAsLong() < end; i--) {
            deliver(ready.removeFirst(), end);
        }
    }

    /** Lets it go on while it can: what belongs to its sockets is in the CPU's caches now. */
    private void deliver(Entry next, long end) {
        long before = movedBytes.getAsLong();
        next.deliver();
        long now = movedBytes.getAsLong();
        while (now > before && now < end && ready.peekLast() == next) {
            ready.removeLast().deliver();
            before = now;
            now = movedBytes.getAsLong();
        }
    }

    /** One watched socket; owned by one shard. */
    private final class Entry implements Readiness.Listener {
        private final Readiness.Listener listener;
        private int pending;

        Entry(Readiness.Listener listener) {
            this.listener = listener;
        }

        @Override
        public void onReady(int mask) {
            if (pending == 0) {
                ready.addLast(this);
            }
            pending |= mask;
        }

        void deliver() {
            int mask = pending;
            pending = 0;
            listener.onReady(mask);
        }
    }
}
