package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigWatcherTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(50);

    @TempDir Path directory;
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @Test
    void shouldTellWhenTheFileIsWrittenInPlace() throws Exception {
        Path file = Files.writeString(directory.resolve("millrace.yaml"), "old");
        try (ConfigWatcher _ = watch(file, NEVER)) {
            Files.writeString(file, "in place");
            assertThat(next()).isEqualTo("in place");
        }
    }

    @Test
    void shouldTellWhenAnotherFileIsRenamedOverIt() throws Exception {
        Path file = Files.writeString(directory.resolve("millrace.yaml"), "old");
        try (ConfigWatcher _ = watch(file, NEVER)) {
            Path fresh = Files.writeString(directory.resolve(".millrace.yaml.tmp"), "new");
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            assertThat(next()).isEqualTo("new");
        }
    }

    @Test
    void shouldTellWhenALinkInTheDirectoryIsSwapped() throws Exception {
        Files.writeString(Files.createDirectory(directory.resolve("..one")).resolve("f"), "one");
        Files.writeString(Files.createDirectory(directory.resolve("..two")).resolve("f"), "two");
        Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("..one"));
        Path file = Files.createSymbolicLink(directory.resolve("f"), Path.of("..data/f"));
        try (ConfigWatcher _ = watch(file, NEVER)) {
            swap(data, Path.of("..two"));
            assertThat(next()).isEqualTo("two");
        }
    }

    @Test
    void shouldTellWhenALinkElsewhereIsSwapped() throws Exception {
        Path releases = Files.createDirectory(directory.resolve("releases"));
        Files.writeString(Files.createDirectory(releases.resolve("1")).resolve("f"), "one");
        Files.writeString(Files.createDirectory(releases.resolve("2")).resolve("f"), "two");
        Path current = Files.createSymbolicLink(releases.resolve("current"), Path.of("1"));
        Path etc = Files.createDirectory(directory.resolve("etc"));
        Path file = Files.createSymbolicLink(etc.resolve("f"), current.resolve("f"));
        try (ConfigWatcher _ = watch(file, SOON)) {
            swap(current, Path.of("2"));
            assertThat(next()).isEqualTo("two");
        }
    }

    @Test
    void shouldTellWhenTheFileAppears() throws Exception {
        Path file = directory.resolve("millrace.yaml");
        try (ConfigWatcher _ = watch(file, NEVER)) {
            Files.writeString(file, "first");
            assertThat(next()).isEqualTo("first");
        }
    }

    @Test
    void shouldTellOnceOfManyWritesInARowAndNothingOfOtherFiles() throws Exception {
        Path file = Files.writeString(directory.resolve("millrace.yaml"), "old");
        try (ConfigWatcher _ = watch(file, NEVER)) {
            Files.writeString(directory.resolve("other"), "x");
            for (int i = 0; i < 10; i++) {
                Files.writeString(file, "write " + i);
            }
            assertThat(next()).isEqualTo("write 9");
            Files.delete(file);
            Files.writeString(file, "last");
            assertThat(next()).isEqualTo("last");
        }
    }

    @Test
    void shouldGoOnAfterAReloadThatThrows() throws Exception {
        Path file = Files.writeString(directory.resolve("millrace.yaml"), "old");
        Runnable failing =
                () -> {
                    read(file);
                    throw new IllegalStateException("meant to fail");
                };
        try (ConfigWatcher _ = ConfigWatcher.start(file, failing, NEVER)) {
            Files.writeString(file, "first change");
            assertThat(next()).isEqualTo("first change");
            Files.writeString(file, "second");
            assertThat(next()).isEqualTo("second");
        }
    }

    private ConfigWatcher watch(Path file, Duration poll) throws IOException {
        return ConfigWatcher.start(file, () -> read(file), poll);
    }

    private void read(Path file) {
        try {
            seen.add(Files.readString(file));
        } catch (IOException e) {
            seen.add(e.toString());
        }
    }

    private String next() throws InterruptedException {
        return seen.poll(10, TimeUnit.SECONDS);
    }

    private static void swap(Path link, Path target) throws IOException {
        Path fresh = link.resolveSibling(".fresh");
        Files.createSymbolicLink(fresh, target);
        Files.move(
                fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
