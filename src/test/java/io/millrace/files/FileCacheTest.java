package io.millrace.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.observe.ShardCounters;
import io.millrace.observe.ShardMetric;
import io.millrace.shard.Shard;
import io.millrace.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Look-ups that nobody works on, so that what waits can be looked at. */
final class FileCacheTest {
    private final FileSite site = Asked.site();
    private final FileThreads idle = FileThreads.start(new FileThreads.Settings(0, 2, 8, 1_000));

    @TempDir private Path directory;
    private ShardCounters counters;
    private Shard shard;
    private FileCache cache;

    @BeforeEach
    void start() {
        counters = ShardCounters.create(directory, 0);
        shard = Shard.start(0, Shard.UNPINNED, Transport.EPOLL.ioHandlerFactory());
        cache = onShard(() -> new FileServing(shard, counters, idle)).cache();
        onShard(() -> {
            cache.onSites(List.of(site));
            return cache;
        });
    }

    @AfterEach
    void stop() throws Exception {
        shard.stop().get(10, TimeUnit.SECONDS);
        counters.close();
    }

    @Test
    void shouldLetNoMoreLookUpsWaitThanTold() {
        assertThat(look("one")).isNotNull();
        assertThat(look("two")).isNotNull();
        assertThat(look("three")).isNull();
    }

    @Test
    void shouldLookForOneFileOnceHoweverManyAsk() {
        FileLookup first = look("one");
        for (int i = 0; i < 10; i++) {
            assertThat(look("one")).isSameAs(first);
        }
        assertThat(look("two")).isNotNull().isNotSameAs(first);
        assertThat(counters.value(ShardMetric.FILE_CACHE_MISSES)).isEqualTo(12);
    }

    @Test
    void shouldLookAgainWhenTheSitesChange() {
        FileLookup first = look("one");
        FileSite equal = Asked.site();
        onShard(() -> {
            cache.onSites(List.of(equal));
            return cache;
        });
        assertThat(onShard(() -> cache.site(0))).isSameAs(site);
        assertThat(look("one")).isSameAs(first);
        onShard(() -> {
            cache.onSites(List.of(Asked.site("/srv/other", "", false)));
            return cache;
        });
        assertThat(look("one")).isNotNull().isNotSameAs(first);
    }

    private FileLookup look(String name) {
        return onShard(() -> {
            FileKey key = new FileKey();
            key.start(cache.site(0), name.length());
            for (byte b : name.getBytes(StandardCharsets.US_ASCII)) {
                key.append(b);
            }
            return cache.look(cache.site(0), key, _ -> {});
        });
    }

    private <T> T onShard(Supplier<T> command) {
        return CompletableFuture.supplyAsync(command, shard::execute).join();
    }
}
