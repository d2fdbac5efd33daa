package io.millrace.time;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * A deadline that can be moved for the price of a field write; owned by one shard.
 *
 * <p>Most deadlines are pushed back long before they pass (every request pushes the idle time-out
 * of its connection). So a timer stays in the wheel where it is when its deadline moves later, and
 * is put back when the wheel finds it too early. Only a deadline that moves nearer touches the
 * wheel.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class Timer {
    /** What happens when the deadline passes. */
    public interface Listener {
        /** Called on the shard's thread; the timer is disarmed by then. */
        void onDeadline(long nowNs);
    }

    static final long NONE = Long.MAX_VALUE;

    final Listener listener;
    private final TimerWheel wheel;
    long deadlineNs = NONE;
    long scheduledNs = NONE;
    long wheelId;

    Timer(TimerWheel wheel, Listener listener) {
        this.wheel = wheel;
        this.listener = listener;
    }

    /** Sets the deadline, replacing the one before. */
    public void arm(long atNs) {
        deadlineNs = atNs;
        if (atNs < scheduledNs) {
            wheel.schedule(this);
        }
    }

    /** Forgets the deadline; the wheel drops the timer when it next meets it. */
    public void disarm() {
        deadlineNs = NONE;
    }

    /** Takes the timer out of the wheel, so that nothing holds its listener any longer. */
    public void release() {
        deadlineNs = NONE;
        wheel.remove(this);
    }

    /** Whether a deadline is set. */
    public boolean isArmed() {
        return deadlineNs != NONE;
    }
}
