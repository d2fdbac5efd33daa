package io.millrace.observe;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where log lines go: standard output, or a file that may be moved away under us; owned by the log
 * writer's thread.
 */
final class LogDestination implements AutoCloseable {
    private final @Nullable Path path;
    private @Nullable Object fileKey;
    private FileChannel channel;

    private LogDestination(@Nullable Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        fileKey = path == null ? null : fileKeyOf(path);
    }

    static LogDestination file(Path path) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        return new LogDestination(path, append(path));
    }

    static LogDestination stdout() throws IOException {
        return new LogDestination(null, new FileOutputStream(FileDescriptor.out).getChannel());
    }

    /** Writes all of it, to a new file when the old one was moved away or removed. */
    void write(ByteBuffer lines) throws IOException {
        if (path != null && !Objects.equals(fileKey, fileKeyOf(path))) {
            reopen();
        }
        while (lines.hasRemaining()) {
            channel.write(lines);
        }
    }

    /** Closes the file and opens what now has its name. */
    void reopen() throws IOException {
        if (path != null) {
            FileChannel fresh = append(path);
            channel.close();
            channel = fresh;
            fileKey = fileKeyOf(path);
        }
    }

    @Override
    public void close() throws IOException {
        if (path != null) {
            channel.close();
        }
    }

    private static FileChannel append(Path path) throws IOException {
        return FileChannel.open(path, CREATE, WRITE, APPEND);
    }

    private static @Nullable Object fileKeyOf(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException _) {
            return null;
        }
    }
}
