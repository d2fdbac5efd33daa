package io.millrace.filter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.filter.limit.RateLimit.OnFull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.agrona.IoUtil;

/** Compares the cells with models that know neither cells nor arrival times. */
final class LimitCellsPropertyTest {
    private static final long START = 1_795_000_000_000_000_000L;
    private static final long MS = 1_000_000;

    /** One request; immutable. */
    record Request(int key, int cost, long stepNs) {}

    @Property(tries = 300)
    void shouldAdmitWhatABucketOfTokensDoes(
            @ForAll @IntRange(min = 1, max = 50) int rate,
            @ForAll @IntRange(min = 1, max = 5) int burst,
            @ForAll("forward") List<Request> requests)
            throws IOException {
        RateLimit limit = tokens(rate, burst);
        Map<Integer, Long> levels = new HashMap<>(); // in nanoseconds of filling
        check(
                requests,
                limit,
                (request, _) -> {
                    levels.replaceAll(
                            (_, level) -> Math.min(limit.spanNs(), level + request.stepNs));
                    long level = levels.getOrDefault(request.key, limit.spanNs());
                    long price = request.cost * limit.intervalNs();
                    levels.put(request.key, level < price ? level : level - price);
                    return level < price ? -1 : 0;
                });
    }

    @Property(tries = 300)
    void shouldDelayWhatAQueueDoes(
            @ForAll @IntRange(min = 1, max = 50) int rate,
            @ForAll @IntRange(min = 0, max = 4) int queue,
            @ForAll("forward") List<Request> requests)
            throws IOException {
        RateLimit limit =
                RateLimit.leakyBucket("api", rate, Duration.ofSeconds(1), queue, OnFull.REFUSE);
        Map<Integer, Long> backlogs = new HashMap<>(); // in nanoseconds of leaking
        check(
                requests,
                limit,
                (request, _) -> {
                    backlogs.replaceAll((_, backlog) -> Math.max(0, backlog - request.stepNs));
                    long backlog = backlogs.getOrDefault(request.key, 0L);
                    long after = backlog + request.cost * limit.intervalNs();
                    if (after > (queue + 1) * limit.intervalNs()) {
                        return -1;
                    }
                    backlogs.put(request.key, after);
                    return backlog;
                });
    }

    @Property(tries = 300)
    void shouldFollowAClockThatIsPutBackAndForth(
            @ForAll @IntRange(min = 1, max = 50) int rate,
            @ForAll @IntRange(min = 1, max = 5) int burst,
            @ForAll("anyClock") List<Request> requests)
            throws IOException {
        RateLimit limit = tokens(rate, burst);
        Map<Integer, Long> fullAt = new HashMap<>();
        check(
                requests,
                limit,
                (request, now) -> {
                    long full = fullAt.getOrDefault(request.key, now);
                    if (full > now + limit.spanNs() + 1000 * MS && request.cost <= burst) {
                        fullAt.put(request.key, now + limit.spanNs());
                        return -1;
                    }
                    long next = Math.max(full, now) + request.cost * limit.intervalNs();
                    if (next > now + limit.spanNs()) {
                        return -1;
                    }
                    fullAt.put(request.key, next);
                    return 0;
                });
    }

    /** The delay of a request, or -1 when it is refused. */
    private interface Model {
        long ask(Request request, long nowNs);
    }

    private static void check(List<Request> requests, RateLimit limit, Model model)
            throws IOException {
        Path directory = Files.createTempDirectory("millrace-cells");
        try {
            // four keys in the one bucket of four: each has its cell, none is ever taken away
            LimitCells cells = LimitCells.open(directory.resolve("c"), LimitCells.FEWEST_CELLS);
            Decision decision = new Decision();
            long now = START;
            for (Request request : requests) {
                now += request.stepNs;
                long expected = model.ask(request, now);
                boolean admitted = cells.take(request.key, limit, now, request.cost, decision);
                assertThat(admitted ? decision.delayNs() : -1).isEqualTo(expected);
                if (!admitted && decision.retryAfterNs() != Decision.NEVER) {
                    assertRetryIsRight(cells, request, limit, now, decision.retryAfterNs());
                }
            }
        } finally {
            IoUtil.delete(directory.toFile(), true);
        }
    }

    private static void assertRetryIsRight(
            LimitCells cells, Request request, RateLimit limit, long now, long afterNs) {
        assertThat(afterNs).isPositive();
        boolean early =
                cells.take(request.key, limit, now + afterNs - 1, request.cost, new Decision());
        assertThat(early).as("a nanosecond before the time to retry").isFalse();
    }

    @Provide
    Arbitrary<List<Request>> forward() {
        return requests(Arbitraries.longs().between(0, 400).map(ms -> ms * MS));
    }

    @Provide
    Arbitrary<List<Request>> anyClock() {
        return requests(
                Arbitraries.oneOf(
                        Arbitraries.longs().between(-400, 400).map(ms -> ms * MS),
                        Arbitraries.of(-3_600_000L, 3_600_000L, -9_000L).map(ms -> ms * MS)));
    }

    private static Arbitrary<List<Request>> requests(Arbitrary<Long> steps) {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4), Arbitraries.of(1, 1, 1, 2, 5), steps)
                .as(Request::new)
                .list()
                .ofMaxSize(60);
    }

    private static RateLimit tokens(int rate, int burst) {
        return RateLimit.tokenBucket("api", rate, Duration.ofSeconds(1), burst, OnFull.REFUSE);
    }
}
