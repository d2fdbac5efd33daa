package io.millrace.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Random;

/** A directory of files to be served; owned by the test's thread. */
public final class Site {
    private final Path root;

    private Site(Path root) {
        this.root = root;
    }

    /** An empty site in a directory of its own, whose parent is not served. */
    public static Site in(Path directory) throws IOException {
        return new Site(Files.createDirectories(directory.resolve("site")));
    }

    public Path root() {
        return root;
    }

    public Path path(String name) {
        return root.resolve(name);
    }

    public Site text(String name, String content) throws IOException {
        Path file = path(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, content);
        return this;
    }

    /** A file with random content, which is returned. */
    public byte[] random(String name, int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Files.write(path(name), content);
        return content;
    }

    public Site link(String name, String target) throws IOException {
        Files.createSymbolicLink(path(name), Path.of(target));
        return this;
    }

    /** A named pipe that nobody writes to. */
    public void fifo(String name) throws IOException, InterruptedException {
        int result = new ProcessBuilder("mkfifo", path(name).toString()).start().waitFor();
        if (result != 0) {
            throw new AssertionError("mkfifo: " + result);
        }
    }

    /** Sets the time of modification and returns it as an HTTP date. */
    public String modified(String name, long epochSeconds) throws IOException {
        Instant time = Instant.ofEpochSecond(epochSeconds);
        Files.setLastModifiedTime(path(name), FileTime.from(time));
        return DateTimeFormatter.RFC_1123_DATE_TIME
                .format(time.atOffset(ZoneOffset.UTC))
                .replaceFirst(", (\\d) ", ", 0$1 ");
    }
}
