package io.millrace.shard;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.ShardClock;
import io.millrace.time.TimerWheel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.openhft.affinity.Affinity;

/**
 * One pinned thread with its event loop, clock and timers; owned by one shard.
 *
 * <p>Other threads may call {@link #execute}, {@link #threadId}, {@link #turns}, {@link #spunNs}
 * and {@link #stop} only.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class Shard {
    /** CPU number of a shard that is not pinned. */
    public static final int UNPINNED = -1;

    private static final int TIMERS_PER_TURN = 1024;

    /** Closing channels take a turn or two of the ring, during which the loop must go on. */
    private static final long STOP_QUIET_MS = 20;

    private static final long STOP_LIMIT_MS = 2_000;

    private final int index;
    private final int cpu;
    private final ShardLoop loop;
    private final ShardClock clock = ShardClock.system();
    private final TimerWheel timers = new TimerWheel(clock.nowNs());
    private final TurnTasks atEnd = new TurnTasks();
    private final TurnTasks followers = new TurnTasks();
    private boolean followersWaited;
    private final Spin spin;
    private TurnWork work = NO_WORK;
    private boolean workWaits;
    private volatile long threadId;
    private volatile boolean tickPending;
    private final Runnable tickTask = this::onTick;
    private long turns;

    /** Starts a shard's thread, which sleeps as soon as it has nothing to do. */
    public static Shard start(int index, int cpu, IoHandlerFactory ioHandlerFactory) {
        return start(index, cpu, 0, ioHandlerFactory);
    }

    /**
     * Starts a shard's thread.
     *
     * @param index 0 to the number of shards minus 1
     * @param cpu the CPU to pin the thread to, or {@link #UNPINNED}
     * @param spinNs how long the loop looks for more before it sleeps; 0 for not at all
     */
    public static Shard start(int index, int cpu, long spinNs, IoHandlerFactory ioHandlerFactory) {
        Shard shard = new Shard(index, cpu, spinNs, ioHandlerFactory);
        shard.loop.attach(shard);
        shard.loop.submit(shard::onStart).syncUninterruptibly();
        return shard;
    }

    private Shard(int index, int cpu, long spinNs, IoHandlerFactory ioHandlerFactory) {
        this.index = index;
        this.spin = new Spin(spinNs);
        this.cpu = cpu;
        this.loop =
                new ShardLoop(
                        task -> new FastThreadLocalThread(task, "shard-" + index),
                        ioHandlerFactory);
    }

    private void onStart() {
        threadId = Thread.currentThread().threadId();
        if (cpu != UNPINNED) {
            Affinity.setAffinity(cpu);
        }
    }

    /** The shard's number. */
    public int index() {
        return index;
    }

    /** The CPU it is pinned to, or {@link #UNPINNED}. */
    public int cpu() {
        return cpu;
    }

    /** The event loop, to register channels with. */
    public EventLoop loop() {
        return loop;
    }

    /** The clock of the current turn. */
    public ShardClock clock() {
        return clock;
    }

    /** The wheel that holds all of the shard's deadlines. */
    public TimerWheel timers() {
        return timers;
    }

    /** Id of the shard's thread, for accounting. */
    public long threadId() {
        return threadId;
    }

    /** Runs a command on the shard's thread; the only way in for other threads. */
    public void execute(Runnable command) {
        loop.execute(command);
    }

    /**
     * Has the shard look at its deadlines; called by the {@link Ticker} only.
     *
     * <p>A task scheduled on the loop would do the same, but would give every wait of the loop a
     * time-out, which io_uring sets up and tears down with an operation of its own in each turn.
     */
    void tick() {
        if (!tickPending) {
            tickPending = true;
            loop.execute(tickTask);
        }
    }

    /** Puts work off to the end of this turn. */
    public void atTurnEnd(TurnTask task) {
        atEnd.add(task);
    }

    /**
     * Puts work off to the end of this turn if nothing else was put off there, else to that of the
     * next one, for which the loop does not wait. For what is the cheaper the more there is of it.
     */
    public void afterOthers(TurnTask task) {
        followers.add(task);
    }

    /** What was put off after others is enough by now: it need not wait for another turn. */
    public void followNow() {
        followersWaited = true;
    }

    /** Ends the thread after closing what is left; the future completes when it is gone. */
    public Future<?> stop() {
        return loop.shutdownGracefully(STOP_QUIET_MS, STOP_LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    /** Takes on work that comes last in each turn; one shard has one such. */
    public void work(TurnWork lastInTurn) {
        work = lastInTurn;
    }

    boolean hasWork() {
        return !followers.isEmpty() || work.isPending() || spin.isSearching();
    }

    void beforeTurn() {
        // Commands that ran between two turns may have put work off; the loop is about to block.
        atEnd.run();
        clock.onTurn();
    }

    void afterTurn(int events) {
        turns++;
        search(events);
        // Under io_uring what was flushed leaves when the next turn begins: it does not wait for
        // the work, unless the work has waited for it the last time.
        boolean waits = workWaits;
        boolean busy = atEnd.run();
        busy |= follow(busy);
        workWaits = busy && !waits;
        if (!workWaits) {
            work.onTurn(!busy && !waits);
        }
    }

    /** Others have left in this turn: whoever follows them gives them one turn, and not two. */
    private boolean follow(boolean others) {
        if (others && !followersWaited && !followers.isEmpty()) {
            followersWaited = true;
            return false;
        }
        followersWaited = false;
        boolean some = followers.run();
        atEnd.run();
        return some;
    }

    private void search(int events) {
        if (events > 0) {
            spin.onEvents();
        } else if (spin.isSearching() && !work.isPending()) {
            spin.onNothing(clock.nowNs());
        }
    }

    /** How long the loop has looked for more to do without finding any; for accounting. */
    public long spunNs() {
        return spin.spentNs();
    }

    /** How many turns the loop has made; for the shard's own accounting. */
    public long turns() {
        return turns;
    }

    private void onTick() {
        tickPending = false;
        clock.onTurn();
        timers.poll(clock.nowNs(), TIMERS_PER_TURN);
        atEnd.run();
    }

    private static final TurnWork NO_WORK =
            new TurnWork() {
                @Override
                public boolean isPending() {
                    return false;
                }

                @Override
                public void onTurn(boolean alone) {}
            };
}
