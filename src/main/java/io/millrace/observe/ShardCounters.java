package io.millrace.observe;

import io.millrace.outcome.Outcome;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * All counters of one shard, in its mapped file; owned by one shard, made before its thread starts
 * and closed after that has ended.
 *
 * <p>Any thread and any process may read the file by {@link MetricsReader}; nobody else writes.
 */
@OwnedBy(Role.SHARD)
public final class ShardCounters implements AutoCloseable {
    /** Listener, route and upstream of whatever found no room under its own name. */
    static final String OTHER = "other";

    private static final int UPSTREAM_NAME_BYTES = 255;

    private final CounterFile file;
    private final UnsafeBuffer values;
    private final CounterAllocator allocator;
    private final Map<String, RouteCounters> routes = new HashMap<>();
    private final Map<String, UpstreamCounters> upstreams = new HashMap<>();
    private final Map<String, TunnelCounters> tunnels = new HashMap<>();

    /**
     * Stand-ins for names that found no room, so that no name costs memory once the file is full.
     */
    private final RouteCounters otherRoutes;

    private final UpstreamCounters otherUpstreams;

    private final TunnelCounters otherTunnels;

    private ShardCounters(CounterFile file) {
        this.file = file;
        values = file.values();
        allocator = new CounterAllocator(file);
        otherRoutes = newRoute(SeriesLabel.pack(OTHER, OTHER));
        otherUpstreams = newUpstream(OTHER);
        otherTunnels = newTunnel(SeriesLabel.pack(OTHER, OTHER));
    }

    /** Makes the shard's file in the directory, after removing what dead processes left there. */
    public static ShardCounters create(Path directory, int shard) {
        return create(directory, shard, CounterFile.MAX_COUNTERS);
    }

    static ShardCounters create(Path directory, int shard, int capacity) {
        try {
            CounterFile.removeStale(directory);
            return new ShardCounters(CounterFile.create(directory, shard, capacity));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the counters file in " + directory, e);
        }
    }

    /** Adds to a metric. */
    public void add(ShardMetric metric, long delta) {
        values.addLongOpaque(CounterAllocator.offsetOf(metric), delta);
    }

    /** Sets a metric. */
    public void set(ShardMetric metric, long value) {
        values.putLongOpaque(CounterAllocator.offsetOf(metric), value);
    }

    /** What the metric says now. */
    public long value(ShardMetric metric) {
        return values.getLongOpaque(CounterAllocator.offsetOf(metric));
    }

    /** Counts one ending. */
    public void outcome(Outcome outcome) {
        values.addLongOpaque(CounterAllocator.offsetOf(outcome), 1);
    }

    /** The counters of a route on a listener, found or made; not for the steady path. */
    public RouteCounters route(String listener, String route) {
        String label = SeriesLabel.pack(listener, route);
        RouteCounters known = routes.get(label);
        if (known != null) {
            return known;
        }
        if (allocator.isFull()) {
            return otherRoutes;
        }
        RouteCounters made = newRoute(label);
        routes.put(label, made);
        return made;
    }

    /** The counters of an upstream, found or made; not for the steady path. */
    public UpstreamCounters upstream(String name) {
        String label = SeriesLabel.fit(name, UPSTREAM_NAME_BYTES);
        UpstreamCounters known = upstreams.get(label);
        if (known != null) {
            return known;
        }
        if (allocator.isFull()) {
            return otherUpstreams;
        }
        UpstreamCounters made = newUpstream(label);
        upstreams.put(label, made);
        return made;
    }

    /** The counters of tunnels from a listener to an upstream, found or made. */
    public TunnelCounters tunnel(String listener, String upstream) {
        String label = SeriesLabel.pack(listener, upstream);
        TunnelCounters known = tunnels.get(label);
        if (known != null) {
            return known;
        }
        if (allocator.isFull()) {
            return otherTunnels;
        }
        TunnelCounters made = newTunnel(label);
        tunnels.put(label, made);
        return made;
    }

    /** Removes the file. Counting goes on to be harmless, and is seen by nobody. */
    @Override
    public void close() {
        try {
            file.remove();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove a counters file", e);
        }
    }

    private RouteCounters newRoute(String label) {
        return new RouteCounters(values, new RouteSeries(allocator, label));
    }

    private TunnelCounters newTunnel(String label) {
        return new TunnelCounters(values, allocator, CounterAllocator.labelBytes(label));
    }

    private UpstreamCounters newUpstream(String label) {
        return new UpstreamCounters(values, allocator, CounterAllocator.labelBytes(label));
    }
}
