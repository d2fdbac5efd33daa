package io.millrace.server;

import io.millrace.filter.limit.LimitCells;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.io.IOException;
import java.nio.file.Path;

/** Where rate limits remember who has come how often; used by the thread that starts. */
@OwnedBy(Role.ANY)
final class LimitState {
    private static final String FILE_NAME = "limits.cells";

    private LimitState() {}

    /** Opens the cells in the state directory, or makes them. */
    static LimitCells open(Path stateDirectory) {
        Path file = stateDirectory.resolve(FILE_NAME);
        try {
            return LimitCells.open(file, LimitCells.DEFAULT_CELLS);
        } catch (IOException e) {
            throw new StartException(
                    StartException.CANNOT_START,
                    "the state of rate limits cannot be kept in "
                            + file
                            + ": "
                            + e.getMessage()
                            + "\nserver.stateDirectory must be a directory that can be written");
        }
    }
}
