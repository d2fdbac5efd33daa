package io.millrace.shard;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.TimerWheel;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Wakes the shards once a tick of their timer wheels; owned by its own thread. */
@OwnedBy(Role.ANY)
public final class Ticker implements AutoCloseable {
    private final List<Shard> shards;
    private final Thread thread;
    private volatile boolean closed;

    private Ticker(List<Shard> shards) {
        this.shards = List.copyOf(shards);
        this.thread = Thread.ofPlatform().name("ticker").daemon().unstarted(this::run);
    }

    /** Begins to tick for these shards. */
    public static Ticker start(List<Shard> shards) {
        Ticker ticker = new Ticker(shards);
        ticker.thread.start();
        return ticker;
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(TimerWheel.TICK_NS);
            for (Shard shard : shards) {
                shard.tick();
            }
        }
    }

    /** Stops ticking; deadlines pass unnoticed from now on. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
