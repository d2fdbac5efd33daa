package io.millrace.observe;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * One mapped counters file: a small header, then Agrona's counter metadata and values; written by
 * its shard, read by anyone.
 *
 * <p>The file is sparse, so an unused counter costs address space and nothing else. It is built
 * under another name and moved into place, so a reader never meets half a header; it is never
 * truncated, so a reader's mapping stays good after the file was replaced. The writer's mapping is
 * left to the garbage collector: unmapping by hand would turn one late increment into a crash of
 * the process.
 */
final class CounterFile {
    static final long MAGIC = 0x3154_4e43_524c_494dL; // "MILRCNT1", little-endian
    static final int VERSION = 2;
    static final int MAX_COUNTERS = 32_768;

    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 8;
    private static final int SHARD_OFFSET = 12;
    private static final int PID_OFFSET = 16;
    private static final int STARTED_OFFSET = 24;
    private static final int CAPACITY_OFFSET = 32;
    private static final int HEADER_LENGTH = 4096;

    private static final String PREFIX = "shard-";
    private static final String SUFFIX = ".counters";

    private final Path path;

    /** Device and inode, or the path where the file system has no such thing. */
    private final Object identity;

    private final UnsafeBuffer header;
    private final UnsafeBuffer metadata;
    private final UnsafeBuffer values;

    private CounterFile(Path path, Object identity, UnsafeBuffer whole, int capacity) {
        this.path = path;
        this.identity = identity;
        int metadataLength = capacity * CountersReader.METADATA_LENGTH;
        header = new UnsafeBuffer(whole, 0, HEADER_LENGTH);
        metadata = new UnsafeBuffer(whole, HEADER_LENGTH, metadataLength);
        values =
                new UnsafeBuffer(
                        whole,
                        HEADER_LENGTH + metadataLength,
                        capacity * CountersReader.COUNTER_LENGTH);
    }

    /** Makes the file of one shard anew, in place of an older one. */
    static CounterFile create(Path directory, int shard, int capacity) throws IOException {
        Files.createDirectories(directory);
        ProcessIdentity self = ProcessIdentity.current();
        Path building = directory.resolve(PREFIX + shard + SUFFIX + "." + self.pid() + ".new");
        Path path = pathOf(directory, shard);
        try (FileChannel channel =
                FileChannel.open(building, CREATE, TRUNCATE_EXISTING, READ, WRITE)) {
            CounterFile file =
                    new CounterFile(
                            path,
                            identityOf(building),
                            new UnsafeBuffer(channel.map(MapMode.READ_WRITE, 0, length(capacity))),
                            capacity);
            file.header.putInt(VERSION_OFFSET, VERSION);
            file.header.putInt(SHARD_OFFSET, shard);
            file.header.putLong(PID_OFFSET, self.pid());
            file.header.putLong(STARTED_OFFSET, self.startedMs());
            file.header.putInt(CAPACITY_OFFSET, capacity);
            file.header.putLongRelease(MAGIC_OFFSET, MAGIC);
            Files.move(building, path, ATOMIC_MOVE);
            return file;
        }
    }

    /**
     * Maps a file for reading, until the arena closes; empty when it is gone, of another version,
     * or damaged.
     */
    static Optional<CounterFile> open(Path path, Arena arena) {
        try (FileChannel channel = FileChannel.open(path, READ)) {
            long size = channel.size();
            if (size < HEADER_LENGTH || size > length(MAX_COUNTERS)) {
                return Optional.empty();
            }
            MemorySegment mapping = channel.map(MapMode.READ_ONLY, 0, size, arena);
            UnsafeBuffer whole = new UnsafeBuffer(mapping.address(), (int) size);
            int capacity = whole.getInt(CAPACITY_OFFSET);
            boolean known =
                    whole.getLong(MAGIC_OFFSET) == MAGIC
                            && whole.getInt(VERSION_OFFSET) == VERSION
                            && capacity > 0
                            && capacity <= MAX_COUNTERS
                            && size >= length(capacity);
            return known
                    ? Optional.of(new CounterFile(path, identityOf(path), whole, capacity))
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** The counters files of a directory by name; empty when there is no such directory. */
    static List<Path> list(Path directory) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX)) {
            files.forEach(found::add);
        } catch (IOException _) {
            return List.of();
        }
        Collections.sort(found);
        return found;
    }

    /** Removes the files that processes left which run no more. */
    static void removeStale(Path directory) throws IOException {
        for (Path path : list(directory)) {
            if (isStale(path)) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static boolean isStale(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return open(path, arena).map(file -> !file.owner().isAlive()).orElse(false);
        }
    }

    /** Removes the file unless a newer one took its place. */
    void remove() throws IOException {
        if (Files.exists(path) && identity.equals(identityOf(path))) {
            Files.deleteIfExists(path);
        }
    }

    static Path pathOf(Path directory, int shard) {
        return directory.resolve(PREFIX + shard + SUFFIX);
    }

    int shard() {
        return header.getInt(SHARD_OFFSET);
    }

    ProcessIdentity owner() {
        return new ProcessIdentity(header.getLong(PID_OFFSET), header.getLong(STARTED_OFFSET));
    }

    UnsafeBuffer metadata() {
        return metadata;
    }

    UnsafeBuffer values() {
        return values;
    }

    private static Object identityOf(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key == null ? path : key;
    }

    private static long length(int capacity) {
        return HEADER_LENGTH
                + (long) capacity
                        * (CountersReader.METADATA_LENGTH + CountersReader.COUNTER_LENGTH);
    }
}
