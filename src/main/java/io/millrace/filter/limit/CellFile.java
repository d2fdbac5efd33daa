package io.millrace.filter.limit;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mapped file of limit cells: a header of one page, then the buckets; opened by the conductor,
 * its words then used by every shard.
 *
 * <p>A new file is built under another name and moved into place, so nobody meets half of one. Its
 * zeros are written, not left out: on a sparse file a full disk would kill the process at the first
 * touch of a page. Only its owner may read it, for it holds the key of the hash. The mapping is
 * left to the garbage collector: unmapped by hand, one late request would crash the process.
 */
@OwnedBy(Role.ANY)
final class CellFile {
    static final int HEADER_LENGTH = 4096;
    static final int VERSION = 1;

    /** Where the longest span of any limit is kept; a line of its own, seldom written. */
    static final int LONGEST_SPAN = 128;

    /** How often a full bucket let a request pass, or did not; a line each, often written. */
    static final int FULL_ADMITTED = 256;

    static final int FULL_REFUSED = 384;

    private static final long MAGIC = 0x314c_4543_524c_494dL; // "MILRCEL1", little-endian
    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 8;
    private static final int CELLS_OFFSET = 12;
    private static final int SEED_OFFSET = 16;

    private static final Logger LOG = LoggerFactory.getLogger(CellFile.class);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final MappedByteBuffer mapping;
    private final UnsafeBuffer words;

    private CellFile(MappedByteBuffer mapping) {
        this.mapping = mapping;
        words = new UnsafeBuffer(mapping);
        words.verifyAlignment();
    }

    /**
     * Maps the file of so many cells; makes it anew when there is none, or one of another layout.
     */
    static CellFile open(Path path, int cells) throws IOException {
        if (Files.exists(path)) {
            CellFile found = map(path);
            if (found != null && found.isOf(cells)) {
                return found;
            }
            LOG.warn("{} is not a file of {} limit cells: a new one begins empty", path, cells);
        }
        create(path, cells);
        CellFile made = map(path);
        if (made == null || !made.isOf(cells)) {
            throw new IOException(path + " was changed by another process while it was made");
        }
        return made;
    }

    /** Header and buckets, at their offsets in the file. */
    UnsafeBuffer words() {
        return words;
    }

    /** A hash under this file's key. */
    KeyHash newKeyHash() {
        return new KeyHash(words.getLong(SEED_OFFSET), words.getLong(SEED_OFFSET + Long.BYTES));
    }

    /** Writes to the disk what the kernel has not yet written; blocks. */
    void force() {
        mapping.force();
    }

    private static @Nullable CellFile map(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, READ, WRITE)) {
            long size = channel.size();
            return size <= HEADER_LENGTH || size > Integer.MAX_VALUE
                    ? null
                    : new CellFile(channel.map(MapMode.READ_WRITE, 0, size));
        }
    }

    private boolean isOf(int cells) {
        return words.getLong(MAGIC_OFFSET) == MAGIC
                && words.getInt(VERSION_OFFSET) == VERSION
                && words.getInt(CELLS_OFFSET) == cells
                && words.capacity() == length(cells);
    }

    private static void create(Path path, int cells) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(length(cells));
        UnsafeBuffer header = new UnsafeBuffer(content);
        SecureRandom random = new SecureRandom();
        header.putLong(MAGIC_OFFSET, MAGIC);
        header.putInt(VERSION_OFFSET, VERSION);
        header.putInt(CELLS_OFFSET, cells);
        header.putLong(SEED_OFFSET, random.nextLong());
        header.putLong(SEED_OFFSET + Long.BYTES, random.nextLong());
        Path building = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(building);
        try (FileChannel channel =
                FileChannel.open(building, Set.of(CREATE_NEW, WRITE), OWNER_ONLY)) {
            while (content.hasRemaining()) {
                channel.write(content);
            }
        }
        Files.move(building, path, ATOMIC_MOVE);
    }

    private static int length(int cells) {
        return HEADER_LENGTH + cells * CellWords.CELL_LENGTH;
    }
}
