package io.millrace.server;

import java.nio.file.Files;
import java.nio.file.Path;

/** Decides where state lies; owned by no thread (pure functions). */
public final class StateDirectory {
    /** Where state lies unless somebody says otherwise. */
    public static final Path DEFAULT = Path.of("/var/lib/millrace");

    private StateDirectory() {}

    /**
     * The directory to use: as written, but an ordinary user who did not ask for another gets one
     * of their own instead of the default, which only root can make (XDG base directories: {@code
     * $XDG_STATE_HOME}, else {@code ~/.local/state}).
     */
    public static Path usable(Path written) {
        if (!written.equals(DEFAULT) || isWritable(DEFAULT)) {
            return written;
        }
        String xdg = System.getenv("XDG_STATE_HOME");
        Path states =
                xdg == null || xdg.isEmpty()
                        ? Path.of(System.getProperty("user.home", "."), ".local", "state")
                        : Path.of(xdg);
        return states.resolve("millrace");
    }

    private static boolean isWritable(Path directory) {
        Path existing = directory;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing != null && Files.isWritable(existing);
    }
}
