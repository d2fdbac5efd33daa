package io.millrace.server;

import io.millrace.time.WallClock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until no client is left, and says what it waits for; owned by the thread that stops the
 * gateway.
 */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private static final long POLL_MS = 20;

    /** Whoever connects while listeners are open is still served. */
    private static final long QUIET_MS = 250;

    /** Often enough to see that it gets on, and few lines in a log. */
    private static final long REPORT_MS = 5_000;

    private final List<ShardRuntime> shards;
    private final long limitMs;

    Drain(List<ShardRuntime> shards, long limitMs) {
        this.shards = shards;
        this.limitMs = limitMs;
    }

    /** Says what is under way before anything of it is ended. */
    void announce() {
        InFlight inFlight = inFlight();
        if (inFlight.hasClients()) {
            LOG.info("draining for at most {} ms: {} in flight", limitMs, inFlight);
        } else {
            LOG.info("draining for at most {} ms: nothing in flight", limitMs);
        }
    }

    /** Waits for the clients; what of them is left when the time is over, or nothing. */
    InFlight await() {
        long startNs = WallClock.monotonicNs();
        long quietSinceNs = startNs;
        long reportMs = REPORT_MS;
        while (true) {
            InFlight inFlight = inFlight();
            long nowNs = WallClock.monotonicNs();
            long passedMs = TimeUnit.NANOSECONDS.toMillis(nowNs - startNs);
            if (inFlight.hasClients()) {
                quietSinceNs = nowNs;
            } else if (TimeUnit.NANOSECONDS.toMillis(nowNs - quietSinceNs) >= QUIET_MS) {
                return InFlight.NOTHING;
            }
            if (passedMs >= limitMs) {
                return inFlight;
            }
            if (passedMs >= reportMs) {
                reportMs += REPORT_MS;
                LOG.info("draining for {} ms: {} still in flight", passedMs, inFlight);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return inFlight;
            }
        }
    }

    private InFlight inFlight() {
        List<CompletableFuture<InFlight>> answers =
                shards.stream().map(shard -> shard.ask(shard::inFlight)).toList();
        return answers.stream().map(ShardPlane::await).reduce(InFlight.NOTHING, InFlight::plus);
    }
}
