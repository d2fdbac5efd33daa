package io.millrace.observe;

/** The counters and gauges of one upstream; owned by no thread (constants). */
public enum UpstreamMetric {
    CONNECTS("connects", false, "Connections opened to the upstream"),
    CONNECT_FAILURES("connect_failures", false, "Connections that could not be opened"),
    REUSES("reuses", false, "Requests that took a pooled connection"),
    POOL_WAITS("pool_waits", false, "Requests that had to wait for a connection"),
    POOL_TIMEOUTS("pool_timeouts", false, "Requests that waited for a connection in vain"),
    RETRIES("retries", false, "Requests tried again on another connection"),
    MOVES("moves", false, "Requests that left a shared connection unanswered for another one"),
    CONNECTIONS_ACTIVE("connections_active", true, "Connections now carrying a request"),
    CONNECTIONS_IDLE("connections_idle", true, "Connections now idle in the pools");

    private static final UpstreamMetric[] VALUES = values();

    private final String label;
    private final boolean gauge;
    private final String help;

    UpstreamMetric(String label, boolean gauge, String help) {
        this.label = label;
        this.gauge = gauge;
        this.help = help;
    }

    static int count() {
        return VALUES.length;
    }

    static UpstreamMetric of(int ordinal) {
        return VALUES[ordinal];
    }

    /** The stable name: in metrics after {@code millrace_upstream_}, and in the counters file. */
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
