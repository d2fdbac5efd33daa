package io.millrace.downstream;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many client connections each shard has, and how busy it is: who serves the next one; shared
 * by all shards, and by the conductor, who tells it the loads.
 *
 * <p>It is written when a connection is accepted and when one is closed, never for a request. The
 * counts are those of the moment, for the giver counts what it has given: a burst is spread even
 * when the receivers have not yet looked.
 */
public final class Spread {
    /**
     * A shard keeps what it accepts while it has not more than this above the one that has least.
     */
    private static final long SLACK = 8;

    /** Nor more than that part of the average. */
    private static final int SLACK_SHARE = 16;

    /** Thousandths of its time from which a shard is too busy to take more than others. */
    private static final long BUSY = 800;

    /** Each shard's values lie on two cache lines of their own, for the CPU fetches pairs. */
    private static final int STRIDE = 16;

    private static final int LOAD = 1;

    private final AtomicLongArray values;
    private final int shards;
    private final boolean moves;

    /**
     * Begins with no connections.
     *
     * @param moves whether a connection may be served by another shard than the one whose socket
     *     the kernel chose
     */
    public Spread(int shards, boolean moves) {
        this.shards = shards;
        this.moves = moves && shards > 1;
        this.values = new AtomicLongArray(shards * STRIDE);
    }

    /**
     * The shard that is to serve a connection which this one has accepted; it is counted for it, so
     * that {@link #leave} must follow.
     */
    int place(int acceptor) {
        int chosen = moves ? choose(acceptor) : acceptor;
        values.getAndIncrement(chosen * STRIDE);
        return chosen;
    }

    /** A connection of that shard is closed, or was never served. */
    void leave(int shard) {
        values.getAndDecrement(shard * STRIDE);
    }

    /** So many thousandths of its time a shard has worked lately. */
    public void load(int shard, long thousandths) {
        values.setOpaque(shard * STRIDE + LOAD, thousandths);
    }

    private int choose(int acceptor) {
        int coldest = acceptor;
        int idlest = acceptor;
        long sum = 0;
        for (int i = 0; i < shards; i++) {
            sum += connections(i);
            if (connections(i) < connections(coldest)) {
                coldest = i;
            }
            if (load(i) < load(idlest)) {
                idlest = i;
            }
        }
        long slack = Math.max(SLACK, sum / shards / SLACK_SHARE);
        if (connections(acceptor) - connections(coldest) > slack) {
            return coldest;
        }
        boolean overloaded = load(acceptor) > BUSY && load(idlest) < load(acceptor) / 2;
        // The loads are those of a while ago, so not all goes to the one that was idle then.
        boolean hasRoom = connections(idlest) - connections(acceptor) <= slack;
        return overloaded && hasRoom ? idlest : acceptor;
    }

    private long connections(int shard) {
        return values.getOpaque(shard * STRIDE);
    }

    private long load(int shard) {
        return values.getOpaque(shard * STRIDE + LOAD);
    }
}
