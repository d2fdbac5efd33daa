package io.millrace.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a state directory to one process; owned by the thread that starts or stops the gateway. */
final class StateLock implements AutoCloseable {
    private static final String FILE = "millrace.lock";

    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock; the kernel gives it back when the process ends, however it ends.
     *
     * @throws StartException when another process has it
     */
    static StateLock take(Path stateDirectory) {
        Path file = stateDirectory.resolve(FILE);
        try {
            Files.createDirectories(stateDirectory);
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel) == null) {
                channel.close();
                throw new StartException(
                        StartException.CANNOT_START,
                        "another gateway uses the state directory "
                                + stateDirectory
                                + "; give this one its own with --state or server.stateDirectory");
            }
            return new StateLock(channel);
        } catch (IOException e) {
            throw new StartException(
                    StartException.CANNOT_START, "cannot lock " + file + ": " + e.getMessage());
        }
    }

    private static @Nullable FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
