package io.millrace.server;

/**
 * What clients have under way; immutable, safe from any thread.
 *
 * @param requests of which the answer is not complete
 * @param connections that carry requests, whether or not there is one now
 * @param tunnels connections of tcp and tls-passthrough listeners
 */
record InFlight(long requests, long connections, long tunnels) {
    static final InFlight NOTHING = new InFlight(0, 0, 0);

    InFlight plus(InFlight more) {
        return new InFlight(
                requests + more.requests, connections + more.connections, tunnels + more.tunnels);
    }

    /** Whether a client is still connected; a request of one that has left keeps nobody waiting. */
    boolean hasClients() {
        return connections + tunnels > 0;
    }

    @Override
    public String toString() {
        return requests
                + " request(s), "
                + connections
                + " connection(s), "
                + tunnels
                + " tunnel(s)";
    }
}
