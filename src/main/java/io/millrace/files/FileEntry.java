package io.millrace.files;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What was found under one path, with its open files; immutable but for the count of its users,
 * safe from any thread.
 *
 * <p>The last user's release has the files closed, on a file thread: closing the last descriptor of
 * a removed file frees its blocks, which may take a while.
 */
@OwnedBy(Role.ANY)
public final class FileEntry extends AbstractReferenceCounted {
    /** What a path leads to; owned by no thread (constants). */
    public enum Kind {
        FILE,
        /** A directory whose path was written without its slash. */
        DIRECTORY,
        MISSING,
        /** Descriptors or memory are used up, so it is not known. */
        BUSY,
        /** The file system or the kernel failed, so it is not known. */
        BROKEN
    }

    private final Kind kind;
    private final @Nullable OpenFile[] byCoding;
    private final FileThreads threads;

    /** When it is to be looked for again; written and read by the cache alone. */
    long expiresNs;

    FileEntry(Kind kind, @Nullable OpenFile[] byCoding, FileThreads threads) {
        this.kind = kind;
        this.byCoding = byCoding;
        this.threads = threads;
    }

    /** What the path leads to. */
    public Kind kind() {
        return kind;
    }

    /** Whether it depends on Accept-Encoding which file is sent. */
    boolean isNegotiated() {
        for (int i = 0; i < byCoding.length; i++) {
            if (i != Coding.IDENTITY.ordinal() && byCoding[i] != null) {
                return true;
            }
        }
        return false;
    }

    /** The file in a coding, or null; an entry of a file has the identity at least. */
    @Nullable OpenFile file(Coding coding) {
        return byCoding.length == 0 ? null : byCoding[coding.ordinal()];
    }

    /** Whether the same would be found again. */
    boolean isLasting() {
        return kind != Kind.BUSY && kind != Kind.BROKEN;
    }

    /** Calls the consumer with each open descriptor. */
    void forEachDescriptor(IntConsumer each) {
        for (OpenFile file : byCoding) {
            if (file != null && file.descriptor() != OpenFile.NO_DESCRIPTOR) {
                each.accept(file.descriptor());
            }
        }
    }

    private boolean isOpen() {
        for (OpenFile file : byCoding) {
            if (file != null && file.descriptor() != OpenFile.NO_DESCRIPTOR) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected void deallocate() {
        if (isOpen()) {
            threads.close(this);
        }
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }
}
