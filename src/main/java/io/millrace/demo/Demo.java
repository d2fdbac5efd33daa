package io.millrace.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Everything that a first run needs: an origin, and a configuration that points to it; used by the
 * thread that starts the process.
 *
 * <p>Both live in a directory of their own, state included, and leave nothing behind.
 */
public final class Demo implements AutoCloseable {
    private static final String TEMPLATE = "millrace.yaml";

    private final Path directory;
    private final DemoOrigin origin;

    private Demo(Path directory, DemoOrigin origin) {
        this.directory = directory;
        this.origin = origin;
    }

    /** Starts the origin and writes the configuration. */
    public static Demo start() throws IOException {
        Path directory = Files.createTempDirectory("millrace-demo-");
        Demo demo = new Demo(directory, DemoOrigin.start());
        Files.writeString(demo.configFile(), demo.configuration());
        return demo;
    }

    /** The file to start the gateway with. */
    public Path configFile() {
        return directory.resolve(TEMPLATE);
    }

    /** Where the origin listens, on the loopback address. */
    public int originPort() {
        return origin.port();
    }

    /** Stops the origin and removes the directory; the gateway must be closed before. */
    @Override
    public void close() {
        origin.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory, e);
        }
    }

    private String configuration() throws IOException {
        try (InputStream template =
                Objects.requireNonNull(Demo.class.getResourceAsStream(TEMPLATE))) {
            return new String(template.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@STATE@", directory.resolve("state").toString())
                    .replace("@ORIGIN@", Integer.toString(origin.port()));
        }
    }
}
