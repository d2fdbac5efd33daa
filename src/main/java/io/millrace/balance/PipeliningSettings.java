package io.millrace.balance;

/**
 * Bounds of the connections that requests share; immutable, safe from any thread.
 *
 * @param depth most requests in flight on one connection
 * @param connections most shared connections of one shard to one endpoint; 0: none is shared
 * @param maximumAgeNs how long a connection's oldest request may wait before it gets no new ones
 * @param maximumBufferedBytes how much of one answer is kept for a slow client, or dropped for one
 *     that has left, before the connection is no longer shared
 */
public record PipeliningSettings(
        int depth, int connections, long maximumAgeNs, int maximumBufferedBytes) {
    /** No connection is shared. */
    public static final PipeliningSettings OFF = new PipeliningSettings(0, 0, 0, 0);

    /** Whether connections are shared. */
    public boolean isOn() {
        return connections > 0;
    }
}
