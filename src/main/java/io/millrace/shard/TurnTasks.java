package io.millrace.shard;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.Arrays;

/** What is put off to the end of a turn, in the order in which it was; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class TurnTasks {
    private static final TurnTask NOTHING = () -> {};

    private TurnTask[] tasks = new TurnTask[64];
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    void add(TurnTask task) {
        if (count == tasks.length) {
            tasks = Arrays.copyOf(tasks, tasks.length * 2);
        }
        tasks[count++] = task;
    }

    /** Runs all of them, and those that they put off here; whether there were any. */
    boolean run() {
        // The count is read anew in each round.
        for (int i = 0; i < count; i++) {
            TurnTask task = tasks[i];
            tasks[i] = NOTHING;
            task.onTurnEnd();
        }
        boolean some = count > 0;
        count = 0;
        return some;
    }
}
