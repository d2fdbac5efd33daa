package io.millrace.route;

import io.millrace.config.RouteConfig;
import io.millrace.config.ValueTest;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.http.HeadLimits;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.store.Generation;
import io.millrace.store.TableStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Looks up random routes of a large table in mapped memory; owned by JMH.
 *
 * <p>To reach: 300 ns among 100,000 routes, 600 ns among 1,000,000, 0 bytes ({@code -prof gc});
 * compiling and publishing 100,000 routes 2 s. Paths are asked in random order, so that the table
 * is not in a cache only because one path is asked again and again.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RouteTableBenchmark {
    private static final int SAMPLES = 1 << 14;
    private static final int STRIDE = 128;
    private static final int HOST = 96;
    private static final long MAX_BYTES = 4L << 30;

    /** Number of routes. */
    @Param({"100000", "1000000"})
    public int routes;

    /** Number of hosts that the routes are spread over: 0 is the default host alone. */
    @Param({"0", "1000"})
    public int hosts;

    private final RequestHead head = new RequestHead(HeadLimits.DEFAULT.headerCount());
    private final RouteMatch match = new RouteMatch();
    private final int[] lengths = new int[SAMPLES];
    private final int[] hostLengths = new int[SAMPLES];
    private UnsafeBuffer samples;
    private TableStore store;
    private Generation generation;
    private RouteTable table;
    private Path directory;
    private int next;

    /** Compiles, publishes, and writes down requests. */
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        directory = Files.createTempDirectory("millrace-routes");
        store = TableStore.open(directory, MAX_BYTES);
        List<RouteConfig> configs = configs(routes, hosts);
        store.publish(new byte[0], RouteCompiler.compile(configs, List.of("app")));
        generation = Objects.requireNonNull(store.read());
        table = new RouteTable(generation.routeImage());
        samples = new UnsafeBuffer(ByteBuffer.allocateDirect(SAMPLES * STRIDE));
        Random random = new Random(1);
        for (int i = 0; i < SAMPLES; i++) {
            int route = random.nextInt(routes);
            String path = configs.get(route).path().replace(":id", "4711").replace("*", "a/b.js");
            lengths[i] = samples.putStringWithoutLengthAscii(i * STRIDE, path);
            String host = hosts == 0 ? "www.example.com" : configs.get(route).hosts().getFirst();
            hostLengths[i] = samples.putStringWithoutLengthAscii(i * STRIDE + HOST, host);
        }
        head.wrap(samples.addressOffset(), samples.capacity());
        head.method = MethodId.GET;
    }

    /** One look-up. */
    @Benchmark
    public int match() {
        int sample = next++ & SAMPLES - 1;
        int offset = sample * STRIDE;
        head.hostOffset = offset + HOST;
        head.hostLength = hostLengths[sample];
        if (table.match(head, samples, offset, lengths[sample], match) != RouteTable.FOUND) {
            throw new IllegalStateException("no route for sample " + sample);
        }
        return match.route;
    }

    /** Compiling and publishing all routes once. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    @Warmup(iterations = 0)
    @Measurement(iterations = 3)
    public long compileAndPublish() {
        List<RouteConfig> configs = configs(routes, hosts);
        return store.publish(new byte[0], RouteCompiler.compile(configs, List.of("app")));
    }

    /** Gives everything back. */
    @TearDown(Level.Trial)
    public void tearDown() throws IOException {
        generation.close();
        store.close();
        try (var files = Files.list(directory)) {
            files.forEach(RouteTableBenchmark::delete);
        }
        Files.delete(directory);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<RouteConfig> configs(int count, int hosts) {
        List<RouteConfig> configs = new ArrayList<>(count);
        Map<String, ValueTest> none = Map.of();
        for (int i = 0; i < count; i++) {
            List<String> host =
                    hosts == 0 ? List.of() : List.of("tenant-" + i % hosts + ".example.com");
            String path =
                    switch (i % 3) {
                        case 0 -> "/api/v1/service-" + i / 10 + "/resource-" + i + "/:id";
                        case 1 -> "/api/v1/service-" + i / 10 + "/resource-" + i;
                        default -> "/static/bundle-" + i + "/*";
                    };
            List<String> methods = i % 2 == 0 ? List.of() : List.of("GET", "HEAD");
            configs.add(
                    new RouteConfig(
                            "route-" + i,
                            host,
                            path,
                            methods,
                            none,
                            none,
                            "app",
                            null,
                            null,
                            List.of(),
                            FiltersConfig.NONE));
        }
        return configs;
    }
}
