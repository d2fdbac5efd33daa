package io.millrace.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells what serves a host that was asked for; owned by the main thread.
 *
 * @param host the host; null when all are wanted
 */
record HostFilter(@Nullable String host) {
    /** Whether one of the names is the host's, or stands for it; none stand for every host. */
    boolean admits(List<String> names) {
        if (host == null || names.isEmpty()) {
            return true;
        }
        String wanted = host.toLowerCase(Locale.ROOT);
        return names.stream().anyMatch(name -> serves(name.toLowerCase(Locale.ROOT), wanted));
    }

    private static boolean serves(String pattern, String host) {
        return pattern.equals("*")
                || pattern.equals(host)
                || (pattern.startsWith("*.")
                        && host.length() >= pattern.length()
                        && host.endsWith(pattern.substring(1)));
    }
}
