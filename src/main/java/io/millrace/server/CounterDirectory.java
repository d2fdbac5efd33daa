package io.millrace.server;

import java.nio.file.Files;
import java.nio.file.Path;

/** Decides where the counters' mapped files lie; owned by no thread (pure functions). */
final class CounterDirectory {
    private static final Path MEMORY = Path.of("/dev/shm");

    private CounterDirectory() {}

    /**
     * A directory in memory, named after the state directory, or one in it where there is no such
     * thing.
     *
     * <p>A file on a disk is of no use here: writing to a mapped page that is being written back
     * waits for the file system's journal, and so would the shard, for as long as the disk is busy.
     */
    static Path of(Path stateDirectory) {
        if (!Files.isDirectory(MEMORY) || !Files.isWritable(MEMORY)) {
            return stateDirectory.resolve("counters");
        }
        Path named = stateDirectory.toAbsolutePath().normalize();
        return MEMORY.resolve("millrace-" + Integer.toHexString(named.hashCode()));
    }
}
