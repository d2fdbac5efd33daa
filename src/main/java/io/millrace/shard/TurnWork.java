package io.millrace.shard;

/** Work that gets its share of each turn, at its end; done on the owning shard's thread. */
public interface TurnWork {
    /** Whether there is something to do, so that the next turn must not wait for anything. */
    boolean isPending();

    /**
     * Does a part of it.
     *
     * @param alone whether the turn had nothing else to do, so that nobody waits for its end
     */
    void onTurn(boolean alone);
}
