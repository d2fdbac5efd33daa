package io.millrace.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What tells one state of a file from another without reading it; immutable, safe from any thread.
 *
 * @param target the file behind all symbolic links
 * @param key device and inode, which a file renamed over another one brings along
 */
record FileFingerprint(Path target, String key, FileTime modified, long size) {
    /** The state of the file now, or null when there is none. */
    static @Nullable FileFingerprint of(Path file) {
        try {
            Path target = file.toRealPath();
            BasicFileAttributes is = Files.readAttributes(target, BasicFileAttributes.class);
            return new FileFingerprint(
                    target, String.valueOf(is.fileKey()), is.lastModifiedTime(), is.size());
        } catch (IOException _) {
            return null;
        }
    }
}
