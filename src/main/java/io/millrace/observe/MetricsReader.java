package io.millrace.observe;

import io.millrace.outcome.Outcome;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * Reads the counters files of a directory, in whatever process; safe from any thread.
 *
 * <p>Files are mapped anew for each snapshot, so shards that came or went in between need no
 * notice. Files of processes that no longer run are passed over.
 */
@OwnedBy(Role.ANY)
public final class MetricsReader {
    private static final Outcome[] OUTCOMES = Outcome.values();

    private final Path directory;

    /** Reads what lies in the directory at each call. */
    public MetricsReader(Path directory) {
        this.directory = directory;
    }

    /** The sums as of now. */
    public MetricsSnapshot read() {
        MetricsSnapshot snapshot = new MetricsSnapshot();
        try (Arena mappings = Arena.ofConfined()) {
            for (Path path : CounterFile.list(directory)) {
                CounterFile.open(path, mappings)
                        .filter(file -> file.owner().isAlive())
                        .ifPresent(file -> addAll(file, snapshot));
            }
        }
        snapshot.removeUnusedStandIns();
        return snapshot;
    }

    private static void addAll(CounterFile file, MetricsSnapshot snapshot) {
        int shard = file.shard();
        CountersReader counters =
                new CountersReader(file.metadata(), file.values(), StandardCharsets.UTF_8);
        counters.forEach((id, type, key, label) ->
                add(snapshot, shard, type, key, label, counters.getCounterValue(id)));
    }

    private static void add(
            MetricsSnapshot snapshot,
            int shard,
            int type,
            DirectBuffer key,
            String label,
            long value) {
        if (isIn(type, CounterType.SHARD, ShardMetric.count())) {
            snapshot.addShardMetric(shard, ShardMetric.of(type - CounterType.SHARD), value);
        } else if (isIn(type, CounterType.OUTCOME, OUTCOMES.length)) {
            snapshot.addOutcome(OUTCOMES[type - CounterType.OUTCOME], value);
        } else if (isIn(type, CounterType.UPSTREAM, UpstreamMetric.count())) {
            UpstreamMetric metric = UpstreamMetric.of(type - CounterType.UPSTREAM);
            snapshot.addUpstreamMetric(label, metric, value);
        } else if (isIn(type, CounterType.TUNNEL, TunnelMetric.count())) {
            snapshot.addTunnelMetric(
                    new MetricsSnapshot.TunnelKey(
                            SeriesLabel.listenerOf(label), SeriesLabel.routeOf(label)),
                    TunnelMetric.of(type - CounterType.TUNNEL),
                    value);
        } else if (type >= CounterType.REQUESTS && type <= CounterType.BYTES_SENT) {
            snapshot.addRouteCounter(
                    new MetricsSnapshot.RouteKey(
                            SeriesLabel.listenerOf(label), SeriesLabel.routeOf(label)),
                    type,
                    key.getInt(CounterType.FIRST_KEY_OFFSET),
                    key.getInt(CounterType.SECOND_KEY_OFFSET),
                    value);
        }
    }

    private static boolean isIn(int type, int first, int count) {
        return type >= first && type < first + count;
    }
}
