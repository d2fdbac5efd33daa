package io.millrace.server;

import io.millrace.observe.AccessLogRing;
import io.millrace.observe.AccessLogWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts the access log as {@code server.accessLog} says; owned by no thread (pure functions). */
final class AccessLogs {
    /** The setting for no access log. */
    static final String OFF = "off";

    private static final String STDOUT = "stdout";

    private AccessLogs() {}

    static @Nullable AccessLogWriter start(String setting, List<AccessLogRing> rings) {
        if (rings.isEmpty()) {
            return null;
        }
        try {
            return STDOUT.equals(setting)
                    ? AccessLogWriter.toStdout(rings)
                    : AccessLogWriter.toFile(Path.of(setting), rings);
        } catch (IOException e) {
            throw new StartException(
                    StartException.CANNOT_START,
                    "server.accessLog: cannot write " + setting + ": " + e.getMessage());
        }
    }
}
