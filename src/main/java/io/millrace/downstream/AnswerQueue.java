package io.millrace.downstream;

import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one client that are not yet answered, in the order in which their answers must
 * leave (RFC 9112, section 9.3.2); owned by one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class AnswerQueue {
    private @Nullable RequestSink[] ring = new RequestSink[1];
    private int first;
    private int size;
    private boolean turning;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void add(RequestSink sink) {
        if (size == ring.length) {
            grow();
        }
        ring[(first + size) & (ring.length - 1)] = sink;
        size++;
    }

    private void grow() {
        @Nullable RequestSink[] larger = Arrays.copyOf(ring, ring.length * 2);
        // What stood before the first now stands behind the last.
        System.arraycopy(ring, 0, larger, ring.length, first);
        Arrays.fill(larger, 0, first, null);
        ring = larger;
    }

    /** Whose turn it is, or null when there is none. */
    @Nullable RequestSink first() {
        return ring[first];
    }

    /** Takes the first out; null when there is none. */
    @Nullable RequestSink poll() {
        RequestSink taken = ring[first];
        if (taken != null) {
            ring[first] = null;
            first = (first + 1) & (ring.length - 1);
            size--;
        }
        return taken;
    }

    /**
     * Tells those who stand behind the answer that has left that it is their turn, until one is not
     * yet complete. Not nested: one that ends during its turn is followed here.
     */
    void giveTurns() {
        if (turning) {
            return;
        }
        turning = true;
        for (RequestSink next = first(); next != null; ) {
            next.onTurn();
            RequestSink then = first();
            next = then == next ? null : then;
        }
        turning = false;
    }

    /** Empties it: none of them will be answered. */
    void drop(Outcome why) {
        for (RequestSink dropped = poll(); dropped != null; dropped = poll()) {
            dropped.onRequestFailed(why);
        }
    }
}
