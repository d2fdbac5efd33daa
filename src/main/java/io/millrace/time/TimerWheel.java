package io.millrace.time;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** All deadlines of one shard in one wheel; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
public final class TimerWheel {
    /** Width of a tick: 2^23 ns, about 8.4 ms; deadlines are met no more than two ticks late. */
    public static final long TICK_NS = 1L << 23;

    private static final int TICKS_PER_WHEEL = 1024;
    private static final int TICK_ALLOCATION = 16;

    private final DeadlineTimerWheel wheel;
    private final Long2ObjectHashMap<Timer> timers = new Long2ObjectHashMap<>();
    private final DeadlineTimerWheel.TimerHandler expiry = this::onExpiry;

    /** Makes an empty wheel that begins at {@code startNs}. */
    public TimerWheel(long startNs) {
        wheel =
                new DeadlineTimerWheel(
                        TimeUnit.NANOSECONDS, startNs, TICK_NS, TICKS_PER_WHEEL, TICK_ALLOCATION);
    }

    /** Makes a timer; allocates, so once per connection or pooled exchange. */
    public Timer timer(Timer.Listener listener) {
        return new Timer(this, listener);
    }

    /** Calls the listeners of passed deadlines, {@code limit} at the most. */
    public int poll(long nowNs, int limit) {
        if (wheel.timerCount() == 0) {
            wheel.currentTickTime(nowNs);
            return 0;
        }
        int expired = 0;
        long tick;
        do {
            tick = wheel.currentTickTime();
            expired += wheel.poll(nowNs, expiry, limit - expired);
        } while (wheel.currentTickTime() != tick && expired < limit);
        return expired;
    }

    /** How many timers are in the wheel. */
    public long size() {
        return wheel.timerCount();
    }

    void schedule(Timer timer) {
        remove(timer);
        timer.scheduledNs = timer.deadlineNs;
        timer.wheelId = wheel.scheduleTimer(timer.deadlineNs);
        timers.put(timer.wheelId, timer);
    }

    void remove(Timer timer) {
        if (timer.scheduledNs != Timer.NONE) {
            wheel.cancelTimer(timer.wheelId);
            timers.remove(timer.wheelId);
            timer.scheduledNs = Timer.NONE;
        }
    }

    private boolean onExpiry(TimeUnit unit, long nowNs, long wheelId) {
        @Nullable Timer timer = timers.remove(wheelId);
        if (timer == null) {
            return true;
        }
        timer.scheduledNs = Timer.NONE;
        if (timer.deadlineNs == Timer.NONE) {
            return true;
        }
        if (timer.deadlineNs > nowNs) {
            schedule(timer);
            return true;
        }
        timer.deadlineNs = Timer.NONE;
        timer.listener.onDeadline(nowNs);
        return true;
    }
}
