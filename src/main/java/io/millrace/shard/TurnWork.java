package io.millrace.shard;

/** Work that gets its share of each turn, at its end; done on the owning shard's thread. */
public interface TurnWork {
    /** Whether there is something to do, so that the next turn must not wait for anything. */
    boolean isPending();

    /** Does a part of it. */
    void onTurn();
}
