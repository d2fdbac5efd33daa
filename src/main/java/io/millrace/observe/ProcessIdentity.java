package io.millrace.observe;

import java.time.Instant;

/**
 * Which process wrote a file, told apart from a later one that got the same number; immutable, safe
 * from any thread.
 *
 * @param startedMs when the process started, 0 when the system does not say
 */
record ProcessIdentity(long pid, long startedMs) {
    static ProcessIdentity current() {
        return of(ProcessHandle.current());
    }

    /** Whether that process still runs. */
    boolean isAlive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(ProcessIdentity::of)
                .filter(this::equals)
                .isPresent();
    }

    private static ProcessIdentity of(ProcessHandle process) {
        return new ProcessIdentity(
                process.pid(), process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }
}
