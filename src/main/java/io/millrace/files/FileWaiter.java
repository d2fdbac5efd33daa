package io.millrace.files;

/** Who waits for a look-up; called on its shard's thread. */
public interface FileWaiter {
    /** The look-up is over; the entry is good during this call, and for longer when retained. */
    void onFile(FileEntry entry);
}
