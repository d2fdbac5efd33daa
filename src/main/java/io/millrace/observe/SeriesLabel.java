package io.millrace.observe;

import java.nio.charset.StandardCharsets;

/**
 * Packs a listener and a route or upstream into one counter label and takes them apart; owned by no
 * thread (pure functions).
 *
 * <p>Agrona's layout leaves 380 bytes. A longer name is cut and ends in a hash of the whole, so
 * that two long names stay two series.
 */
final class SeriesLabel {
    private static final char SEPARATOR = '\t';
    private static final int LISTENER_BYTES = 120;
    private static final int ROUTE_BYTES = 255;

    private SeriesLabel() {}

    static String pack(String listener, String route) {
        return fit(listener, LISTENER_BYTES) + SEPARATOR + fit(route, ROUTE_BYTES);
    }

    static String listenerOf(String label) {
        int end = label.indexOf(SEPARATOR);
        return end < 0 ? label : label.substring(0, end);
    }

    static String routeOf(String label) {
        return label.substring(label.indexOf(SEPARATOR) + 1);
    }

    /** The name without the separator, in at most so many bytes. */
    static String fit(String name, int maxBytes) {
        String clean = name.replace(SEPARATOR, ' ');
        if (clean.getBytes(StandardCharsets.UTF_8).length <= maxBytes) {
            return clean;
        }
        String hash = "~" + Integer.toHexString(name.hashCode());
        int end = clean.length();
        while (clean.substring(0, end).getBytes(StandardCharsets.UTF_8).length
                > maxBytes - hash.length()) {
            end = clean.offsetByCodePoints(end, -1);
        }
        return clean.substring(0, end) + hash;
    }
}
