package io.millrace.shard;

/**
 * Work that is put off to the end of the loop's turn, so that a turn makes one write per socket.
 */
public interface TurnTask {
    /** Called once, on the shard's thread, at the end of the turn in which it was asked for. */
    void onTurnEnd();
}
