package io.millrace.files;

import io.millrace.files.FileEntry.Kind;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.WallClock;
import io.millrace.transport.FileCalls;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and opens files beneath a site's root; owned by one file thread.
 *
 * <p>The root is opened anew for each look-up, so that a root that is a symbolic link to the newest
 * release may be pointed at the next one.
 */
@OwnedBy(Role.ANY)
final class FileOpener {
    /** A file this small is read when it is found, and sent out of memory. */
    static final int IN_MEMORY_BYTES = 16 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(FileOpener.class);
    private static final @Nullable OpenFile[] NOTHING = {};

    /** openat2(2) gives up when a rename anywhere races with a path that goes up. */
    private static final int ATTEMPTS = 8;

    private static final long NANOS = 1_000_000_000L;

    /** As much of a digest as tells contents apart. */
    private static final int ETAG_BYTES = 12;

    private final FileCalls calls = new FileCalls();
    private final FileThreads threads;

    private final MessageDigest sha256;

    FileOpener(FileThreads threads) {
        this.threads = threads;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Looks a path up; whoever gets the entry must release it. */
    FileEntry look(FileSite site, FileKey key) {
        int root = calls.openRoot(site.root());
        if (root < 0) {
            LOG.warn("{} cannot be opened: errno {}", site, -root);
            return nothing(isShortage(root) ? Kind.BUSY : Kind.BROKEN);
        }
        try {
            return lookIn(root, site, key);
        } finally {
            calls.close(root);
        }
    }

    FileEntry nothing(Kind kind) {
        return new FileEntry(kind, NOTHING, threads);
    }

    private FileEntry lookIn(int root, FileSite site, FileKey key) {
        if (key.isDirectory() && site.index().length == 0) {
            return nothing(Kind.MISSING);
        }
        byte[] name = key.isDirectory() ? concat(key, site.index()) : concat(key, new byte[0]);
        int opened = open(root, name);
        if (opened < 0) {
            return nothing(kindOf(opened, site));
        }
        if (!calls.isRegularFile()) {
            boolean directory = calls.isDirectory() && !key.isDirectory();
            calls.close(opened);
            return nothing(directory ? Kind.DIRECTORY : Kind.MISSING);
        }
        @Nullable OpenFile[] files = new @Nullable OpenFile[Coding.COUNT];
        String text = new String(name, StandardCharsets.UTF_8);
        String type = site.type(ending(text));
        files[Coding.IDENTITY.ordinal()] = file(opened, type, Coding.IDENTITY);
        if (site.isPrecompressed() && !isCoded(text)) {
            siblings(root, name, type, files);
        }
        return new FileEntry(Kind.FILE, files, threads);
    }

    private void siblings(int root, byte[] name, String type, @Nullable OpenFile[] files) {
        for (int i = 0; i < Coding.COUNT; i++) {
            Coding coding = Coding.of(i);
            if (coding == Coding.IDENTITY) {
                continue;
            }
            int opened = open(root, concat(name, coding.suffix()));
            if (opened >= 0 && calls.isRegularFile()) {
                files[i] = file(opened, type, coding);
            } else if (opened >= 0) {
                calls.close(opened);
            }
        }
    }

    /** Opens and stats; the facts are in {@link #calls} then. */
    private int open(int root, byte[] name) {
        int opened = calls.openBeneath(root, name, name.length);
        for (int i = 1; i < ATTEMPTS && opened == -FileCalls.EAGAIN; i++) {
            opened = calls.openBeneath(root, name, name.length);
        }
        if (opened >= 0) {
            int result = calls.stat(opened);
            if (result < 0) {
                calls.close(opened);
                return result;
            }
        }
        return opened;
    }

    private OpenFile file(int opened, String type, Coding coding) {
        long size = calls.size();
        long seconds = calls.modifiedSeconds();
        byte[] content = size > IN_MEMORY_BYTES ? null : content(opened, (int) size);
        String version = content == null ? timeAndSize() : digest(content);
        long nowSeconds = TimeUnit.MILLISECONDS.toSeconds(WallClock.epochMillis());
        FileFacts facts = FileFacts.of(size, seconds, nowSeconds, version, type, coding);
        if (content == null) {
            readAhead(opened, 0, ReadAhead.WINDOW_BYTES);
            return new OpenFile(opened, null, facts);
        }
        calls.close(opened);
        return new OpenFile(OpenFile.NO_DESCRIPTOR, content, facts);
    }

    /** All of a small file; null when it shrinks this moment, or cannot be read. */
    private byte @Nullable [] content(int opened, int size) {
        byte[] content = new byte[size];
        return calls.read(opened, content) == size ? content : null;
    }

    /**
     * The time alone would not do: the kernel's clock for it stands still for some milliseconds.
     */
    private String timeAndSize() {
        long nanos = calls.modifiedSeconds() * NANOS + calls.modifiedNanos();
        return Long.toHexString(nanos) + '-' + Long.toHexString(calls.size());
    }

    private String digest(byte[] content) {
        return HexFormat.of().formatHex(sha256.digest(content), 0, ETAG_BYTES);
    }

    void readAhead(int descriptor, long offset, long length) {
        calls.adviseWillNeed(descriptor, offset, length);
    }

    void close(int descriptor) {
        calls.close(descriptor);
    }

    private static Kind kindOf(int result, FileSite site) {
        return switch (-result) {
            case FileCalls.ENOENT,
                    FileCalls.ENOTDIR,
                    FileCalls.EACCES,
                    FileCalls.EXDEV,
                    FileCalls.ELOOP,
                    FileCalls.ENAMETOOLONG,
                    FileCalls.ENXIO ->
                    Kind.MISSING;
            default -> {
                LOG.warn("a file in {} cannot be opened: errno {}", site, -result);
                yield isShortage(result) ? Kind.BUSY : Kind.BROKEN;
            }
        };
    }

    private static boolean isShortage(int result) {
        return result == -FileCalls.EMFILE
                || result == -FileCalls.ENFILE
                || result == -FileCalls.ENOMEM
                || result == -FileCalls.EAGAIN;
    }

    private static String ending(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        int dot = last.lastIndexOf('.');
        return dot < 0 ? "" : last.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    private static boolean isCoded(String name) {
        for (int i = 0; i < Coding.COUNT; i++) {
            String suffix = Coding.of(i).suffix();
            if (!suffix.isEmpty() && name.endsWith(suffix)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] concat(FileKey key, byte[] more) {
        byte[] all = new byte[key.length() + more.length];
        System.arraycopy(key.path(), 0, all, 0, key.length());
        System.arraycopy(more, 0, all, key.length(), more.length);
        return all;
    }

    private static byte[] concat(byte[] name, String suffix) {
        byte[] more = suffix.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[name.length + more.length];
        System.arraycopy(name, 0, all, 0, name.length);
        System.arraycopy(more, 0, all, name.length, more.length);
        return all;
    }
}
