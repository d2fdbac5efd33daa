package io.millrace.observe;

/**
 * The counters and gauges of the tunnels from one listener to one upstream; owned by no thread
 * (constants).
 */
public enum TunnelMetric {
    CONNECTIONS("connections", false, "Connections to be passed on to an upstream"),
    CONNECTIONS_ACTIVE("connections_active", true, "Connections now being passed on"),
    BYTES_RECEIVED("received_bytes", false, "Bytes passed on from clients to origins"),
    BYTES_SENT("sent_bytes", false, "Bytes passed on from origins to clients");

    private static final TunnelMetric[] VALUES = values();

    private final String label;
    private final boolean gauge;
    private final String help;

    TunnelMetric(String label, boolean gauge, String help) {
        this.label = label;
        this.gauge = gauge;
        this.help = help;
    }

    static int count() {
        return VALUES.length;
    }

    static TunnelMetric of(int ordinal) {
        return VALUES[ordinal];
    }

    /** The stable name: in metrics after {@code millrace_tunnel_}. */
    public String label() {
        return label;
    }

    /** Whether the value goes up and down. */
    public boolean gauge() {
        return gauge;
    }

    /** One line for whoever reads the metric. */
    public String help() {
        return help;
    }
}
