package io.millrace.files;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Has the kernel read the next part of a file before the shard sends it; immutable, safe from any
 * thread.
 *
 * @param entry whose file it is, retained until this is done
 */
@OwnedBy(Role.ANY)
record ReadAhead(FileEntry entry, int descriptor, long offset) implements FileTask {
    /** One window is advised while the one before it is sent. */
    static final long WINDOW_BYTES = 2L * 1024 * 1024;

    @Override
    public void perform(FileOpener opener) {
        opener.readAhead(descriptor, offset, WINDOW_BYTES);
        entry.release();
    }
}
