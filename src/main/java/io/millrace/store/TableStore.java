package io.millrace.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DirectBufferProxy;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * The tables of the last good generation in one LMDB environment; safe from any thread.
 *
 * <p>All of a generation is replaced in one transaction, so a reader, also in another process, and
 * a process that was killed while it published, sees one whole generation or the one before.
 * Readers block nobody and are not blocked.
 */
@OwnedBy(Role.ANY)
public final class TableStore implements AutoCloseable {
    /** Name of the file within the state directory; LMDB puts its lock file beside it. */
    public static final String FILE_NAME = "tables.mdb";

    /** Changes when the keys below or their values change their meaning. */
    private static final int FORMAT = 1;

    private static final DirectBuffer FORMAT_KEY = key("format");
    private static final DirectBuffer GENERATION_KEY = key("generation");
    private static final DirectBuffer CONFIG_KEY = key("config");
    private static final DirectBuffer ROUTES_KEY = key("routes");

    private static final int FILE_MODE = 0640;
    private static final int MAX_READERS = 1024;
    private static final long PAGE = 4096;

    /** Address space for a file that another process may enlarge meanwhile; it costs no memory. */
    private static final long READ_ONLY_MAP = 1L << 36;

    /** LMDB must not open a file twice in one process: closing one would drop the other's locks. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Env<DirectBuffer> env;
    private final Dbi<DirectBuffer> tables;
    private int generations;
    private boolean closed;

    private TableStore(Path file, Env<DirectBuffer> env) {
        this.file = file;
        this.env = env;
        tables = env.openDbi((byte[]) null);
    }

    /**
     * Opens the tables for publishing, and makes the directory and the file when there are none.
     *
     * @param maxBytes how large the file may become; the space is only taken when used. Two
     *     generations must fit, and one more for each that a reader still holds
     */
    public static TableStore open(Path stateDirectory, long maxBytes) {
        try {
            Files.createDirectories(stateDirectory);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot create the state directory " + stateDirectory + ": " + e, e);
        }
        return open(
                stateDirectory, maxBytes / PAGE * PAGE, EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_NOTLS);
    }

    /** Opens the tables for reading only, for instance while another process publishes. */
    public static TableStore openReadOnly(Path stateDirectory) {
        if (!Files.exists(stateDirectory.resolve(FILE_NAME))) {
            throw new StoreException("there are no tables in " + stateDirectory);
        }
        return open(
                stateDirectory,
                READ_ONLY_MAP,
                EnvFlags.MDB_NOSUBDIR,
                EnvFlags.MDB_NOTLS,
                EnvFlags.MDB_RDONLY_ENV);
    }

    private static TableStore open(Path directory, long mapBytes, EnvFlags... flags) {
        Path file = directory.toAbsolutePath().normalize().resolve(FILE_NAME);
        if (!OPEN.add(file)) {
            throw new StoreException(
                    "the tables in " + directory + " are already open in this process");
        }
        Env<DirectBuffer> env = null;
        try {
            env =
                    Env.create(DirectBufferProxy.PROXY_DB)
                            .setMapSize(mapBytes)
                            .setMaxReaders(MAX_READERS)
                            .open(file.toFile(), FILE_MODE, flags);
            env.readerCheck(); // frees the slots of readers that were killed
            return new TableStore(file, env);
        } catch (LmdbException e) {
            if (env != null) {
                env.close();
            }
            OPEN.remove(file);
            throw new StoreException(
                    "cannot open the tables in " + directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * Replaces the tables by a new generation and returns its number; it is on disk when this
     * returns.
     */
    public synchronized long publish(byte[] configText, DirectBuffer routeImage) {
        requireOpen();
        try (Txn<DirectBuffer> txn = env.txnWrite()) {
            DirectBuffer before = tables.get(txn, GENERATION_KEY);
            long number = 1 + (before == null ? 0 : before.getLong(0));
            reserve(txn, FORMAT_KEY, Integer.BYTES).putInt(0, FORMAT);
            reserve(txn, GENERATION_KEY, Long.BYTES).putLong(0, number);
            reserve(txn, CONFIG_KEY, configText.length).putBytes(0, configText);
            reserve(txn, ROUTES_KEY, routeImage.capacity())
                    .putBytes(0, routeImage, 0, routeImage.capacity());
            txn.commit();
            return number;
        } catch (Env.MapFullException e) {
            throw new StoreException(
                    "the tables do not fit into "
                            + file
                            + ": it may not become larger than "
                            + env.info().mapSize
                            + " bytes",
                    e);
        } catch (LmdbException e) {
            throw new StoreException(
                    "cannot write the tables to " + file + ": " + e.getMessage(), e);
        }
    }

    /** The newest generation, null when nothing was published yet; to be closed by the caller. */
    public synchronized @Nullable Generation read() {
        requireOpen();
        Txn<DirectBuffer> txn = null;
        Generation generation = null;
        try {
            txn = env.txnRead();
            generation = read(txn);
            return generation;
        } catch (LmdbException e) {
            throw new StoreException(
                    "cannot read the tables in " + file + ": " + e.getMessage(), e);
        } finally {
            if (generation == null && txn != null) {
                txn.close();
            }
        }
    }

    /** Closes the file as soon as the last generation read from it is closed. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            closeWhenUnused();
        }
    }

    private @Nullable Generation read(Txn<DirectBuffer> txn) {
        DirectBuffer format = tables.get(txn, FORMAT_KEY);
        if (format == null) {
            return null;
        }
        if (format.getInt(0) != FORMAT) {
            throw new StoreException(
                    "the tables in "
                            + file
                            + " have format "
                            + format.getInt(0)
                            + ", this program reads "
                            + FORMAT);
        }
        long number = value(txn, GENERATION_KEY).getLong(0);
        DirectBuffer config = value(txn, CONFIG_KEY);
        byte[] text = new byte[config.capacity()];
        config.getBytes(0, text);
        DirectBuffer found = value(txn, ROUTES_KEY);
        // The transaction uses its buffer again for the next value: this one stays.
        DirectBuffer image = new UnsafeBuffer(found.addressOffset(), found.capacity());
        generations++;
        return new Generation(number, new String(text, UTF_8), image, () -> release(txn));
    }

    private DirectBuffer value(Txn<DirectBuffer> txn, DirectBuffer key) {
        DirectBuffer value = tables.get(txn, key);
        if (value == null) {
            throw new StoreException("the tables in " + file + " are incomplete");
        }
        return value;
    }

    private MutableDirectBuffer reserve(Txn<DirectBuffer> txn, DirectBuffer key, int length) {
        return (MutableDirectBuffer) tables.reserve(txn, key, length);
    }

    private synchronized void release(Txn<DirectBuffer> txn) {
        txn.close();
        generations--;
        closeWhenUnused();
    }

    /** Unmapping memory that a generation still shows would crash the process. */
    private void closeWhenUnused() {
        if (closed && generations == 0) {
            env.close();
            OPEN.remove(file);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException("the tables in " + file + " are closed");
        }
    }

    private static DirectBuffer key(String name) {
        byte[] bytes = name.getBytes(US_ASCII);
        return new UnsafeBuffer(ByteBuffer.allocateDirect(bytes.length).put(bytes));
    }
}
