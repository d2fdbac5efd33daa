package io.millrace.files;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.jspecify.annotations.Nullable;

/**
 * One file as it was found, open or read; immutable, safe from any thread.
 *
 * <p>The descriptor is closed by the {@link FileEntry} that the file belongs to.
 */
@OwnedBy(Role.ANY)
public final class OpenFile {
    /** Descriptor of a file whose content is all in memory. */
    static final int NO_DESCRIPTOR = -1;

    private final int descriptor;
    private final byte @Nullable [] content;
    final long size;
    final long modifiedSeconds;

    /** The entity tag with its quotes; always a strong one. */
    final byte[] etag;

    /** ETag and Last-Modified, whole lines. */
    final byte[] validatorLines;

    /** Content-Type, the whole line. */
    final byte[] typeLine;

    /** Content-Encoding, the whole line, or empty. */
    final byte[] codingLine;

    OpenFile(int descriptor, byte @Nullable [] content, FileFacts facts) {
        this.descriptor = descriptor;
        this.content = content;
        size = facts.size();
        modifiedSeconds = facts.modifiedSeconds();
        etag = facts.etag();
        validatorLines = facts.validatorLines();
        typeLine = facts.typeLine();
        codingLine = facts.codingLine();
    }

    /** Where it can be read; only while the entry is held, and only without {@link #content}. */
    public int descriptor() {
        return descriptor;
    }

    /** All of it, when it is small. */
    public byte @Nullable [] content() {
        return content;
    }

    /** Its size in bytes. */
    public long size() {
        return size;
    }
}
