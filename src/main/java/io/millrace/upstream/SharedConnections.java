package io.millrace.upstream;

import io.millrace.balance.PipeliningSettings;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.Timer;
import io.netty.channel.WriteBufferWaterMark;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The few connections of a pool that carry the requests of many clients at once, one behind the
 * other (RFC 9112, section 9.3.2); owned by one shard.
 *
 * <p>All requests of one turn go to the same connection as far as it has room, so that they leave
 * in one write; the next turn takes the next connection. A request waits for room only while the
 * answers come soon; behind one that lets the others wait, an unshared connection is better.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class SharedConnections implements Timer.Listener {
    /** What a connection's requests take of a write buffer: a usual head, and not a large one. */
    private static final int BYTES_PER_REQUEST = 1024;

    private static final int LEAST_BUFFER_BYTES = 64 * 1024;

    private final Pool pool;
    private final PipeliningSettings settings;
    private final @Nullable OriginConnection[] open;
    private final ArrayDeque<Lease> waiting = new ArrayDeque<>();
    private final Timer timer;
    private final WriteBufferWaterMark waterMark;
    private int count;
    private int connecting;
    private int current;

    SharedConnections(Pool pool, PipeliningSettings settings) {
        this.pool = pool;
        this.settings = settings;
        this.open = new OriginConnection[settings.connections()];
        this.timer = pool.shard().timers().timer(this);
        int high = Math.max(LEAST_BUFFER_BYTES, settings.depth() * BYTES_PER_REQUEST);
        this.waterMark = new WriteBufferWaterMark(high / 2, high);
    }

    /**
     * How much may wait in user space for one connection. All requests of a turn do until it ends,
     * and as many as are allowed in flight should find room before that.
     */
    WriteBufferWaterMark waterMark() {
        return waterMark;
    }

    PipeliningSettings settings() {
        return settings;
    }

    /** Finds room for a request; the answer may come during the call. */
    void acquire(Lease lease) {
        OriginConnection found = pick();
        if (found != null) {
            pool.counters().reuse();
            lease.onConnection(found);
        } else if (count + connecting < open.length && pool.connectShared()) {
            connecting++;
            await(lease);
        } else if (isSlow()) {
            pool.acquireUnshared(lease);
        } else if (waiting.size() - connecting * settings.depth()
                >= pool.settings().maximumPending()) {
            // Those who fit on a connection that is being opened wait for the origin, not for room.
            lease.onUnavailable(Outcome.POOL_FULL);
        } else {
            await(lease);
            pool.counters().poolWait();
        }
    }

    private void await(Lease lease) {
        waiting.addLast(lease);
        if (!timer.isArmed()) {
            timer.arm(nowNs() + settings.maximumAgeNs());
        }
    }

    private @Nullable OriginConnection pick() {
        long nowNs = nowNs();
        for (int i = 0; i < count; i++) {
            int at = current + i < count ? current + i : current + i - count;
            OriginConnection candidate = open[at];
            if (candidate != null && candidate.hasRoom(nowNs)) {
                current = at;
                return candidate;
            }
        }
        return null;
    }

    /** Whether no connection is to be expected to have room soon. */
    private boolean isSlow() {
        if (connecting > 0) {
            return false;
        }
        long nowNs = nowNs();
        for (int i = 0; i < count; i++) {
            OriginConnection candidate = open[i];
            if (candidate != null && !candidate.isBehind(nowNs)) {
                return false;
            }
        }
        return true;
    }

    /** The requests of this turn are on their way. */
    void onSent() {
        current = current + 1 < count ? current + 1 : 0;
    }

    /** A connection has room. */
    void onRoom() {
        while (!waiting.isEmpty()) {
            OriginConnection found = pick();
            if (found == null) {
                return;
            }
            waiting.removeFirst().onConnection(found);
        }
    }

    void onConnected(OriginConnection connection) {
        connecting--;
        open[count++] = connection;
        onRoom();
        if (connection.isUsable()) {
            // Who it was opened for has left.
            if (pool.wantsBack()) {
                connection.armIdle(nowNs() + pool.settings().idleTimeoutNs());
            } else {
                connection.close();
            }
        }
    }

    void onConnectFailed(Outcome outcome) {
        connecting--;
        if (count > 0 || connecting > 0) {
            return;
        }
        for (int left = waiting.size(); left > 0 && !waiting.isEmpty(); left--) {
            waiting.removeFirst().onUnavailable(outcome);
        }
    }

    /** A connection takes no more requests. */
    void remove(OriginConnection connection) {
        for (int i = 0; i < count; i++) {
            if (open[i] == connection) {
                open[i] = open[--count];
                open[count] = null;
                current = 0;
                if (count == 0 && connecting == 0) {
                    moveWaiting();
                }
                return;
            }
        }
    }

    /** Closes one that has nothing to do, whose place in the pool another needs. */
    void closeIdle() {
        OriginConnection least = leastBusy();
        if (least != null && least.requestsUnderWay() == 0) {
            least.close();
        }
    }

    /** Lets go of one as soon as its requests are answered, for others wait for its place. */
    void giveWay() {
        OriginConnection least = leastBusy();
        if (least != null) {
            least.retire();
        }
    }

    private @Nullable OriginConnection leastBusy() {
        OriginConnection least = null;
        for (int i = 0; i < count; i++) {
            OriginConnection one = open[i];
            if (one != null
                    && (least == null || one.requestsUnderWay() < least.requestsUnderWay())) {
                least = one;
            }
        }
        return least;
    }

    /** Those who wait need not any more; whether it was one of them. */
    boolean cancel(Lease lease) {
        return waiting.remove(lease);
    }

    @Override
    public void onDeadline(long nowNs) {
        if (isSlow()) {
            moveWaiting();
        } else if (!waiting.isEmpty()) {
            timer.arm(nowNs + settings.maximumAgeNs());
        }
    }

    private void moveWaiting() {
        for (int left = waiting.size(); left > 0 && !waiting.isEmpty(); left--) {
            pool.acquireUnshared(waiting.removeFirst());
        }
    }

    /** Requests under way or waiting here, beyond one for each connection. */
    int load() {
        int requests = waiting.size();
        for (int i = 0; i < count; i++) {
            OriginConnection connection = open[i];
            requests += connection == null ? 0 : connection.requestsUnderWay() - 1;
        }
        return requests - connecting;
    }

    /** Takes no more requests; connections without any close now. */
    void close() {
        if (waiting.isEmpty()) {
            timer.release();
        }
        for (int i = count - 1; i >= 0; i--) {
            OriginConnection connection = open[i];
            if (connection != null) {
                connection.retire();
            }
        }
    }

    private long nowNs() {
        return pool.shard().clock().nowNs();
    }
}
