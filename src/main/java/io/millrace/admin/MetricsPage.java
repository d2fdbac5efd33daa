package io.millrace.admin;

import io.millrace.admin.AdminView.VersionView;
import io.millrace.http.MethodId;
import io.millrace.observe.DurationBuckets;
import io.millrace.observe.MetricsSnapshot;
import io.millrace.observe.MetricsSnapshot.RouteKey;
import io.millrace.observe.MetricsSnapshot.RouteTotals;
import io.millrace.observe.ShardMetric;
import io.millrace.observe.TunnelMetric;
import io.millrace.observe.UpstreamMetric;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Turns a snapshot of the counters into Prometheus' model, names and labels decided here; owned by
 * the thread that asks.
 */
final class MetricsPage {
    private static final String PREFIX = "millrace_";
    private static final double NS_PER_SECOND = 1e9;

    private final MetricsSnapshot counters;

    private MetricsPage(MetricsSnapshot counters) {
        this.counters = counters;
    }

    static MetricSnapshots of(MetricsSnapshot counters, VersionView version) {
        MetricsPage page = new MetricsPage(counters);
        List<MetricSnapshot> all = new ArrayList<>();
        all.add(buildInfo(version));
        all.add(page.requests());
        all.add(page.durations());
        all.add(
                page.routeBytes(
                        "http_request_bytes",
                        "Bytes of requests received, heads included",
                        RouteTotals::bytesReceived));
        all.add(
                page.routeBytes(
                        "http_response_bytes",
                        "Bytes of responses sent, heads included",
                        RouteTotals::bytesSent));
        all.add(page.outcomes());
        for (ShardMetric metric : ShardMetric.values()) {
            all.add(page.shardMetric(metric));
        }
        for (UpstreamMetric metric : UpstreamMetric.values()) {
            all.add(page.upstreamMetric(metric));
        }
        for (TunnelMetric metric : TunnelMetric.values()) {
            all.add(page.tunnelMetric(metric));
        }
        return new MetricSnapshots(all);
    }

    private static MetricSnapshot buildInfo(VersionView version) {
        Labels labels =
                Labels.of(
                        "version",
                        version.version(),
                        "java",
                        version.java(),
                        "transport",
                        version.transport());
        return InfoSnapshot.builder()
                .name(PREFIX + "build")
                .help("What is running")
                .dataPoint(InfoDataPointSnapshot.builder().labels(labels).build())
                .build();
    }

    private MetricSnapshot requests() {
        CounterSnapshot.Builder metric =
                CounterSnapshot.builder().name("http_requests").help("Finished requests");
        counters.routes()
                .forEach((key, totals) ->
                        totals.requests()
                                .forEach((request, count) ->
                                        metric.dataPoint(
                                                counter(
                                                        requestLabels(key, request),
                                                        count.doubleValue()))));
        return metric.build();
    }

    private MetricSnapshot durations() {
        HistogramSnapshot.Builder metric =
                HistogramSnapshot.builder()
                        .name("http_request_duration_seconds")
                        .help("Time from the first byte of a request to the end of its response");
        counters.routes()
                .forEach((key, totals) ->
                        metric.dataPoint(
                                HistogramDataPointSnapshot.builder()
                                        .labels(routeLabels(key))
                                        .classicHistogramBuckets(buckets(totals.buckets()))
                                        .sum(totals.durationNs() / NS_PER_SECOND)
                                        .build()));
        return metric.build();
    }

    private static ClassicHistogramBuckets buckets(long[] counts) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < counts.length; i++) {
            buckets.bucket(DurationBuckets.upperBoundSeconds(i), counts[i]);
        }
        return buckets.build();
    }

    private MetricSnapshot routeBytes(String name, String help, ToLongFunction<RouteTotals> bytes) {
        CounterSnapshot.Builder metric = CounterSnapshot.builder().name(name).help(help);
        counters.routes()
                .forEach((key, totals) ->
                        metric.dataPoint(
                                counter(routeLabels(key), (double) bytes.applyAsLong(totals))));
        return metric.build();
    }

    private MetricSnapshot outcomes() {
        CounterSnapshot.Builder metric =
                CounterSnapshot.builder()
                        .name(PREFIX + "outcomes")
                        .help("Finished requests and tunnels by the way they ended");
        for (Map.Entry<String, Long> outcome : counters.outcomes().entrySet()) {
            metric.dataPoint(
                    counter(
                            Labels.of("outcome", outcome.getKey()),
                            outcome.getValue().doubleValue()));
        }
        return metric.build();
    }

    private MetricSnapshot shardMetric(ShardMetric metric) {
        List<Point> points = new ArrayList<>();
        counters.shards()
                .forEach((shard, values) ->
                        points.add(
                                new Point(
                                        Labels.of("shard", Integer.toString(shard)),
                                        scaled(metric, values.getOrDefault(metric, 0L)))));
        boolean gauge = metric.kind() == ShardMetric.Kind.GAUGE;
        return family(PREFIX + metric.label(), metric.help(), gauge, points);
    }

    private MetricSnapshot upstreamMetric(UpstreamMetric metric) {
        List<Point> points = new ArrayList<>();
        counters.upstreams()
                .forEach((upstream, values) ->
                        points.add(
                                new Point(
                                        Labels.of("upstream", upstream),
                                        (double) values.getOrDefault(metric, 0L))));
        return family(PREFIX + "upstream_" + metric.label(), metric.help(), metric.gauge(), points);
    }

    private MetricSnapshot tunnelMetric(TunnelMetric metric) {
        List<Point> points = new ArrayList<>();
        counters.tunnels()
                .forEach((key, values) ->
                        points.add(
                                new Point(
                                        Labels.of(
                                                "listener",
                                                key.listener(),
                                                "upstream",
                                                key.upstream()),
                                        (double) values.getOrDefault(metric, 0L))));
        return family(PREFIX + "tunnel_" + metric.label(), metric.help(), metric.gauge(), points);
    }

    private static double scaled(ShardMetric metric, long value) {
        return metric.kind() == ShardMetric.Kind.NANOSECONDS
                ? value / NS_PER_SECOND
                : (double) value;
    }

    private static MetricSnapshot family(
            String name, String help, boolean gauge, List<Point> points) {
        if (!gauge) {
            CounterSnapshot.Builder metric = CounterSnapshot.builder().name(name).help(help);
            points.forEach(point -> metric.dataPoint(counter(point.labels, point.value)));
            return metric.build();
        }
        GaugeSnapshot.Builder metric = GaugeSnapshot.builder().name(name).help(help);
        for (Point point : points) {
            metric.dataPoint(
                    GaugeDataPointSnapshot.builder()
                            .labels(point.labels)
                            .value(point.value)
                            .build());
        }
        return metric.build();
    }

    /** Counters are read while they are written, and none may be seen to fall below nothing. */
    private static CounterDataPointSnapshot counter(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(Math.max(value, 0)).build();
    }

    private static Labels routeLabels(RouteKey key) {
        return Labels.of("listener", key.listener(), "route", key.route());
    }

    private static Labels requestLabels(RouteKey key, MetricsSnapshot.RequestKey request) {
        return Labels.of(
                "listener",
                key.listener(),
                "route",
                key.route(),
                "method",
                methodName(request.methodId()),
                "status",
                Integer.toString(request.status()));
    }

    private static String methodName(int methodId) {
        return MethodId.name(methodId < MethodId.COUNT ? methodId : MethodId.OTHER);
    }

    /** One series of a metric; owned by the thread that asks. */
    private record Point(Labels labels, double value) {}
}
