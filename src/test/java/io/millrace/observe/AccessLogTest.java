package io.millrace.observe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.outcome.Outcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class AccessLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path directory;
    private ShardCounters counters;
    private Path log;

    @BeforeEach
    void open() {
        counters = ShardCounters.create(directory.resolve("counters"), 0);
        log = directory.resolve("logs/access.log");
    }

    @AfterEach
    void close() {
        counters.close();
    }

    @Test
    void shouldWriteOneJsonLinePerRequest() throws IOException {
        AccessLogRing ring = new AccessLogRing(1 << 16, counters);
        try (AccessLogWriter writer = AccessLogWriter.toFile(log, List.of(ring))) {
            assertThat(ring.offer(event("/a?b=c"))).isTrue();
            assertThat(ring.offer(event("/d"))).isTrue();
            assertThat(writer.linesLost()).isZero();
        }

        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst())
                .isEqualTo(
                        """
                        {"time":"2026-01-02T03:04:05.067Z","listener":"edge","route":"user ü",\
                        "client":"10.0.0.1","method":"GET","host":"example.com","target":"/a?b=c",\
                        "upstream":"10.0.0.2:80","request_id":"abc","status":502,\
                        "outcome":"bad_response","ending":"PH","duration_us":1500,\
                        "bytes_received":10,"bytes_sent":20}\
                        """
                                .replace("ü", "\\u00fc"));
        assertThat(JSON.readTree(lines.getFirst()).get("route").asString()).isEqualTo("user ü");
        assertThat(JSON.readTree(lines.getLast()).get("target").asString()).isEqualTo("/d");
    }

    @Property(tries = 200)
    void shouldWriteValidJsonForAnyBytes(@ForAll byte[] target) {
        AccessEvent event = new AccessEvent();
        event.set(AccessField.TARGET, new UnsafeBuffer(target));

        JsonNode line = JSON.readTree(encode(event));

        int kept = Math.min(target.length, AccessField.TARGET.limitBytes());
        String expected = new String(target, 0, kept, ISO_8859_1);
        assertThat(line.path("target").asString("")).isEqualTo(expected);
    }

    @Test
    void shouldEscapeEveryByteAndStayWithinTheLongestLine() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        AccessEvent event = new AccessEvent();
        for (AccessField field : AccessField.values()) {
            event.set(field, new UnsafeBuffer(new byte[5000]));
        }
        event.set(AccessField.TARGET, new UnsafeBuffer(all));

        byte[] line = encode(event);

        assertThat(line.length).isLessThan(JsonLine.MAX_LENGTH);
        assertThat(new String(line, 0, line.length - 1, UTF_8)).doesNotContain("\n");
        assertThat(JSON.readTree(line).get("target").asString())
                .isEqualTo(new String(all, ISO_8859_1));
    }

    @Test
    void shouldCutLongTargetsAndSaySo() {
        AccessEvent event = event("/" + "x".repeat(5000));

        JsonNode line = JSON.readTree(encode(event));

        assertThat(line.get("target").asString()).hasSize(1024);
        assertThat(line.get("truncated").asBoolean()).isTrue();
        assertThat(line.get("request_id").asString()).isEqualTo("abc");
    }

    @Test
    void shouldDropAndCountWhenTheRingIsFull() throws IOException {
        AccessLogRing ring = new AccessLogRing(1 << 14, counters);
        int taken = 0;
        while (ring.offer(event("/"))) {
            taken++;
        }
        assertThat(ring.offer(event("/"))).isFalse();

        assertThat(taken).isGreaterThan(50);
        assertThat(counters.value(ShardMetric.LOG_EVENTS)).isEqualTo(taken);
        assertThat(counters.value(ShardMetric.LOG_EVENTS_DROPPED)).isEqualTo(2);
        AccessLogWriter.toFile(log, List.of(ring)).close();
        assertThat(Files.readAllLines(log)).hasSize(taken);
        assertThat(ring.offer(event("/"))).isTrue();
    }

    @Test
    void shouldKeepEveryLineOfSeveralShardsUnderLoad() throws IOException {
        AccessLogRing one = new AccessLogRing(1 << 16, counters);
        AccessLogRing two = new AccessLogRing(1 << 16, counters);
        AccessEvent event = event("/");
        try (AccessLogWriter _ = AccessLogWriter.toFile(log, List.of(one, two))) {
            for (int i = 0; i < 20_000; i++) {
                AccessLogRing ring = i % 2 == 0 ? one : two;
                await(() -> ring.offer(event));
            }
        }
        assertThat(Files.readAllLines(log))
                .hasSize(20_000)
                .allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));
    }

    @Test
    void shouldGoOnInANewFileWhenTheOldOneWasMovedAway() throws IOException {
        AccessLogRing ring = new AccessLogRing(1 << 16, counters);
        Path moved = log.resolveSibling("access.log.1");
        try (AccessLogWriter _ = AccessLogWriter.toFile(log, List.of(ring))) {
            ring.offer(event("/before"));
            await(() -> log.toFile().length() > 0);
            Files.move(log, moved);
            ring.offer(event("/after"));
            await(() -> log.toFile().length() > 0);
        }
        assertThat(Files.readString(moved)).contains("/before").doesNotContain("/after");
        assertThat(Files.readString(log)).contains("/after").doesNotContain("/before");
    }

    @Test
    void shouldCountLinesThatCannotBeWritten() throws IOException {
        AccessLogRing ring = new AccessLogRing(1 << 16, counters);
        try (AccessLogWriter writer = AccessLogWriter.toFile(Path.of("/dev/full"), List.of(ring))) {
            ring.offer(event("/"));
            await(() -> writer.linesLost() == 1);
        }
    }

    @Test
    void shouldAllocateNothingOnTheShardsSide() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().threadId();
        AccessLogRing ring = new AccessLogRing(1 << 16, counters);
        AccessEvent event = event("/some/path");
        offerMany(ring, event, 100_000);

        // The JVM itself allocates a little when it replaces compiled code; not in every one of
        // many windows.
        long least = Long.MAX_VALUE;
        for (int window = 0; window < 10; window++) {
            long before = threads.getThreadAllocatedBytes(self);
            offerMany(ring, event, 100_000);
            least = Math.min(least, threads.getThreadAllocatedBytes(self) - before);
        }
        assertThat(least).isZero();
    }

    private static void offerMany(AccessLogRing ring, AccessEvent event, int times) {
        for (int i = 0; i < times; i++) {
            if (!ring.offer(event)) {
                ring.drain(AccessLogTest::ignore, Integer.MAX_VALUE);
            }
        }
    }

    private static void ignore(int type, Object buffer, int index, int length) {}

    private static byte[] encode(AccessEvent event) {
        UnsafeBuffer record = new UnsafeBuffer(new byte[AccessRecord.lengthOf(event)]);
        AccessRecord.encode(event, record, 0);
        ByteBuffer line = ByteBuffer.allocate(JsonLine.MAX_LENGTH);
        new JsonLine().encode(record, 0, line);
        byte[] bytes = new byte[line.flip().remaining()];
        line.get(bytes);
        return bytes;
    }

    private static AccessEvent event(String target) {
        AccessEvent event = new AccessEvent();
        event.epochMs = 1_767_323_045_067L;
        event.durationNs = 1_500_999;
        event.bytesReceived = 10;
        event.bytesSent = 20;
        event.status = 502;
        event.outcome = Outcome.BAD_RESPONSE;
        set(event, AccessField.LISTENER, "edge");
        set(event, AccessField.ROUTE, "user ü");
        set(event, AccessField.CLIENT, "10.0.0.1");
        set(event, AccessField.METHOD, "GET");
        set(event, AccessField.HOST, "example.com");
        set(event, AccessField.TARGET, target);
        set(event, AccessField.UPSTREAM, "10.0.0.2:80");
        set(event, AccessField.REQUEST_ID, "abc");
        return event;
    }

    private static void set(AccessEvent event, AccessField field, String value) {
        event.set(field, new UnsafeBuffer(value.getBytes(UTF_8)));
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadlineNs);
            LockSupport.parkNanos(100_000);
        }
    }
}
