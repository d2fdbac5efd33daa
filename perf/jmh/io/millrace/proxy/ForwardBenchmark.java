package io.millrace.proxy;

import io.millrace.config.RouteConfig;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.downstream.ClientIdentity;
import io.millrace.encode.IdSequence;
import io.millrace.encode.RequestEncoder;
import io.millrace.encode.RequestId;
import io.millrace.http.HeadLimits;
import io.millrace.http.RequestHead;
import io.millrace.http.h1.RequestParser;
import io.millrace.route.RouteCompiler;
import io.millrace.route.RouteTable;
import io.millrace.snapshot.CidrSet;
import io.millrace.store.Generation;
import io.millrace.store.TableStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a head costs from the received bytes to those for the origin: parsed, routed, and written
 * anew; aim 250 ns for ten fields, 0 bytes allocated; owned by one benchmark thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ForwardBenchmark {
    private static final String TEN_FIELDS =
            "GET /user/4711?tab=orders HTTP/1.1\r\n"
                    + "Host: api.example.com\r\n"
                    + "User-Agent: curl/8.5.0\r\n"
                    + "Accept: application/json\r\n"
                    + "Accept-Encoding: gzip, br\r\n"
                    + "Accept-Language: en\r\n"
                    + "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n"
                    + "Cache-Control: no-cache\r\n"
                    + "Connection: keep-alive\r\n"
                    + "Cookie: session=0123456789abcdef\r\n"
                    + "Origin: https://www.example.com\r\n"
                    + "\r\n";

    private static final byte[] UPSTREAM = "app".getBytes(StandardCharsets.US_ASCII);
    private static final long MAX_BYTES = 64L << 20;

    private final UnsafeBuffer received = bytes(TEN_FIELDS);
    private final RequestHead head = new RequestHead(HeadLimits.DEFAULT.headerCount());
    private final ClientIdentity client = new ClientIdentity(new EmbeddedChannel());
    private final Router router = new Router();
    private final RequestEncoder encoder = new RequestEncoder();
    private final RequestId id = new RequestId();
    private final IdSequence ids = new IdSequence();
    private final ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(4096);
    private TableStore store;
    private Generation generation;
    private RouteTable table;
    private Path directory;

    /** Publishes a few routes. */
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        directory = Files.createTempDirectory("millrace-forward");
        store = TableStore.open(directory, MAX_BYTES);
        List<RouteConfig> configs =
                List.of(route("user", "/user/:id"), route("users", "/user"), route("all", "/*"));
        store.publish(new byte[0], RouteCompiler.compile(configs, List.of("app")));
        generation = Objects.requireNonNull(store.read());
        table = new RouteTable(generation.routeImage());
    }

    private static RouteConfig route(String name, String path) {
        return new RouteConfig(
                name,
                List.of(),
                path,
                List.of("GET"),
                Map.of(),
                Map.of(),
                "app",
                null,
                null,
                List.of(),
                FiltersConfig.NONE);
    }

    /** One head, all the way. */
    @Benchmark
    public int forward() {
        int length =
                RequestParser.parse(
                        received.addressOffset(), received.capacity(), HeadLimits.DEFAULT, head);
        if (length <= 0 || router.find(head, table) != RouteTable.FOUND) {
            throw new IllegalStateException("not parsed, or no route");
        }
        id.generate(ids);
        out.clear();
        if (!encoder.encode(head, client, CidrSet.EMPTY, id, UPSTREAM, out)) {
            throw new IllegalStateException("no room");
        }
        return out.writerIndex();
    }

    /** Gives everything back. */
    @TearDown(Level.Trial)
    public void tearDown() throws IOException {
        generation.close();
        store.close();
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
        out.release();
    }

    private static UnsafeBuffer bytes(String text) {
        byte[] content = text.getBytes(StandardCharsets.US_ASCII);
        UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(content.length));
        memory.putBytes(0, content);
        return memory;
    }
}
