package io.millrace.files;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which file is meant: a site and a path relative to its root; owned by one shard while it is
 * written, a {@link #copy} is immutable.
 *
 * <p>Sites are told apart by their identity, so that what an exchange still looks for in the site
 * of an earlier generation is never taken for a file of a later one.
 *
 * <p>The path has no leading slash; one that is empty or ends with a slash names a directory.
 */
@HotPath
@OwnedBy(Role.ANY)
public final class FileKey {
    private static final int USUAL_BYTES = 128;

    private @Nullable FileSite site;
    private byte[] path;
    private int length;

    /** Makes a key to write. */
    public FileKey() {
        this(null, new byte[USUAL_BYTES], 0);
    }

    private FileKey(@Nullable FileSite site, byte[] path, int length) {
        this.site = site;
        this.path = path;
        this.length = length;
    }

    /** A key of its own with the same content. */
    FileKey copy() {
        return new FileKey(site, Arrays.copyOf(path, length), length);
    }

    /** Begins anew, with room for so many bytes. */
    void start(@Nullable FileSite ofSite, int capacity) {
        site = ofSite;
        length = 0;
        if (path.length < capacity) {
            path = new byte[capacity];
        }
    }

    void append(byte b) {
        path[length++] = b;
    }

    /** Names another file of the same site. */
    void replace(byte[] relativePath) {
        start(site, relativePath.length);
        System.arraycopy(relativePath, 0, path, 0, relativePath.length);
        length = relativePath.length;
    }

    byte[] path() {
        return path;
    }

    int length() {
        return length;
    }

    /** Whether it names a directory by its form. */
    boolean isDirectory() {
        return length == 0 || path[length - 1] == '/';
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileKey key
                && key.site == site
                && Arrays.equals(key.path, 0, key.length, path, 0, length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + path[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return site + ": " + new String(path, 0, length, StandardCharsets.UTF_8);
    }
}
