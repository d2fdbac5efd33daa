package io.millrace.files;

/** Work for a file thread. */
@FunctionalInterface
interface FileTask {
    /** Called once, on a file thread, with what that thread owns. */
    void perform(FileOpener opener);
}
