package io.millrace.observe;

import io.millrace.outcome.Outcome;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the counters of all shards said at one moment; owned by the thread that asked for it.
 *
 * <p>Routes, upstreams and outcomes are summed over the shards; shard metrics are kept apart.
 */
public final class MetricsSnapshot {
    private final SortedMap<Integer, EnumMap<ShardMetric, Long>> shards = new TreeMap<>();
    private final SortedMap<String, Long> outcomes = new TreeMap<>();
    private final SortedMap<RouteKey, RouteTotals> routes = new TreeMap<>();
    private final SortedMap<String, EnumMap<UpstreamMetric, Long>> upstreams = new TreeMap<>();
    private final SortedMap<TunnelKey, EnumMap<TunnelMetric, Long>> tunnels = new TreeMap<>();

    MetricsSnapshot() {}

    /** Which route on which listener. */
    public record RouteKey(String listener, String route) implements Comparable<RouteKey> {
        @Override
        public int compareTo(RouteKey other) {
            int order = listener.compareTo(other.listener);
            return order != 0 ? order : route.compareTo(other.route);
        }
    }

    /** Tunnels from which listener to which upstream. */
    public record TunnelKey(String listener, String upstream) implements Comparable<TunnelKey> {
        @Override
        public int compareTo(TunnelKey other) {
            int order = listener.compareTo(other.listener);
            return order != 0 ? order : upstream.compareTo(other.upstream);
        }
    }

    /** How requests of one kind ended; {@code methodId} as the shards count it. */
    public record RequestKey(int methodId, int status) implements Comparable<RequestKey> {
        @Override
        public int compareTo(RequestKey other) {
            int order = Integer.compare(methodId, other.methodId);
            return order != 0 ? order : Integer.compare(status, other.status);
        }
    }

    /** Sums of one route on one listener; owned by the thread that asked for the snapshot. */
    public static final class RouteTotals {
        private final SortedMap<RequestKey, Long> requests = new TreeMap<>();
        private final long[] buckets = new long[DurationBuckets.COUNT];
        private long durationNs;
        private long bytesReceived;
        private long bytesSent;

        RouteTotals() {}

        /** Finished requests by method and status. */
        public Map<RequestKey, Long> requests() {
            return requests;
        }

        /** Finished requests by duration, one number per bucket, not cumulative. */
        public long[] buckets() {
            return Arrays.copyOf(buckets, buckets.length);
        }

        /** All durations added up. */
        public long durationNs() {
            return durationNs;
        }

        /** Request bytes of all finished requests. */
        public long bytesReceived() {
            return bytesReceived;
        }

        /** Response bytes of all finished requests. */
        public long bytesSent() {
            return bytesSent;
        }
    }

    /** Metrics by shard number. */
    public Map<Integer, ? extends Map<ShardMetric, Long>> shards() {
        return shards;
    }

    /** Endings by their stable name; all are there as soon as one shard is. */
    public Map<String, Long> outcomes() {
        return outcomes;
    }

    /** Routes that had a request, or that were announced. */
    public Map<RouteKey, RouteTotals> routes() {
        return routes;
    }

    /** Upstreams by name. */
    public Map<String, ? extends Map<UpstreamMetric, Long>> upstreams() {
        return upstreams;
    }

    /** Tunnels by listener and upstream. */
    public Map<TunnelKey, ? extends Map<TunnelMetric, Long>> tunnels() {
        return tunnels;
    }

    /** A shard metric added up over the shards. */
    public long total(ShardMetric metric) {
        long sum = 0;
        for (Map<ShardMetric, Long> shard : shards.values()) {
            sum += shard.getOrDefault(metric, 0L);
        }
        return sum;
    }

    /** Forgets the series for names without room of their own, as long as there were none. */
    void removeUnusedStandIns() {
        RouteKey route = new RouteKey(ShardCounters.OTHER, ShardCounters.OTHER);
        RouteTotals totals = routes.get(route);
        if (totals != null && totals.requests.isEmpty()) {
            routes.remove(route);
        }
        Map<UpstreamMetric, Long> upstream = upstreams.get(ShardCounters.OTHER);
        if (upstream != null && upstream.values().stream().allMatch(value -> value == 0)) {
            upstreams.remove(ShardCounters.OTHER);
        }
        TunnelKey key = new TunnelKey(ShardCounters.OTHER, ShardCounters.OTHER);
        Map<TunnelMetric, Long> tunnel = tunnels.get(key);
        if (tunnel != null && tunnel.values().stream().allMatch(value -> value == 0)) {
            tunnels.remove(key);
        }
    }

    void addShardMetric(int shard, ShardMetric metric, long value) {
        shards.computeIfAbsent(shard, _ -> new EnumMap<>(ShardMetric.class))
                .merge(metric, value, Long::sum);
    }

    void addOutcome(Outcome outcome, long value) {
        outcomes.merge(outcome.label(), value, Long::sum);
    }

    void addUpstreamMetric(String upstream, UpstreamMetric metric, long value) {
        upstreams
                .computeIfAbsent(upstream, _ -> new EnumMap<>(UpstreamMetric.class))
                .merge(metric, value, Long::sum);
    }

    void addTunnelMetric(TunnelKey key, TunnelMetric metric, long value) {
        tunnels.computeIfAbsent(key, _ -> new EnumMap<>(TunnelMetric.class))
                .merge(metric, value, Long::sum);
    }

    void addRouteCounter(RouteKey key, int type, int firstKey, int secondKey, long value) {
        RouteTotals totals = routes.computeIfAbsent(key, _ -> new RouteTotals());
        switch (type) {
            case CounterType.REQUESTS ->
                    totals.requests.merge(new RequestKey(firstKey, secondKey), value, Long::sum);
            case CounterType.DURATION_BUCKET -> totals.buckets[firstKey] += value;
            case CounterType.DURATION_SUM_NS -> totals.durationNs += value;
            case CounterType.BYTES_RECEIVED -> totals.bytesReceived += value;
            case CounterType.BYTES_SENT -> totals.bytesSent += value;
            default -> throw new IllegalArgumentException("not a counter of a route: " + type);
        }
    }
}
