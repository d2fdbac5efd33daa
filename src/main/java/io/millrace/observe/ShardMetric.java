package io.millrace.observe;

/** The fixed counters and gauges that every shard has; owned by no thread (constants). */
public enum ShardMetric {
    CONNECTIONS_ACCEPTED("connections_accepted", Kind.COUNTER, "Client connections accepted"),
    CONNECTIONS_CLOSED("connections_closed", Kind.COUNTER, "Client connections closed"),
    CONNECTIONS_HANDED_OVER(
            "connections_handed_over",
            Kind.COUNTER,
            "Client connections that arrived here and were given to a shard with fewer, or less"
                    + " busy"),
    CONNECTIONS_REFUSED(
            "connections_refused",
            Kind.COUNTER,
            "Client connections of tcp and tls-passthrough listeners closed before any relaying"),
    PROXY_HEADERS_REFUSED(
            "proxy_headers_refused",
            Kind.COUNTER,
            "Client connections closed for their PROXY header: missing, malformed, late, or from"
                    + " a peer that may not send one"),
    CONNECTIONS_ACTIVE("connections_active", Kind.GAUGE, "Client connections now open"),
    REQUESTS_ACTIVE("requests_active", Kind.GAUGE, "Requests now in flight"),
    LOOP_TURNS("shard_loop_turns", Kind.COUNTER, "Turns of the event loop"),
    LOOP_BUSY_NS(
            "shard_loop_busy_seconds",
            Kind.NANOSECONDS,
            "Time the event loop spent working; its rate is the load of the shard"),
    ALLOCATED_BYTES(
            "shard_allocated_bytes", Kind.COUNTER, "Heap bytes allocated by the shard's thread"),
    TABLE_GENERATION("table_generation", Kind.GAUGE, "Generation of the route table in use"),
    FILE_CACHE_HITS("file_cache_hits", Kind.COUNTER, "Look-ups of files that were known"),
    FILE_CACHE_MISSES(
            "file_cache_misses", Kind.COUNTER, "Look-ups of files that went to the file system"),
    FILE_OPEN_ERRORS(
            "file_open_errors",
            Kind.COUNTER,
            "Look-ups that failed for want of descriptors, or by a fault of the file system"),
    SPLICED_BYTES(
            "splice_bytes", Kind.COUNTER, "Bytes of bodies and tunnels moved inside the kernel"),
    COPIED_BODY_BYTES(
            "copied_body_bytes",
            Kind.COUNTER,
            "Bytes of bodies and tunnels that passed through user space"),
    SPLICE_FALLBACKS(
            "splice_fallback",
            Kind.COUNTER,
            "Bodies and tunnels copied because splicing did not work on their sockets, or no pipe"
                    + " or descriptor was left"),
    PIPES_IN_USE("pipe_pool_in_use", Kind.GAUGE, "Pipes that bytes pass through now"),
    LOG_EVENTS("access_log_events", Kind.COUNTER, "Access log events handed to the writer"),
    LOG_EVENTS_DROPPED(
            "access_log_dropped",
            Kind.COUNTER,
            "Access log events dropped because the ring was full"),
    COUNTER_OVERFLOW(
            "series_overflow",
            Kind.COUNTER,
            "Increments whose own counter found no room in the counters file");

    /** How a value is to be read. */
    public enum Kind {
        /** Only grows. */
        COUNTER,
        /** Goes up and down. */
        GAUGE,
        /** Only grows, counts nanoseconds, shown as seconds. */
        NANOSECONDS
    }

    private static final ShardMetric[] VALUES = values();

    private final String label;
    private final Kind kind;
    private final String help;

    ShardMetric(String label, Kind kind, String help) {
        this.label = label;
        this.kind = kind;
        this.help = help;
    }

    /** How many there are. */
    static int count() {
        return VALUES.length;
    }

    static ShardMetric of(int ordinal) {
        return VALUES[ordinal];
    }

    /** The stable name: in metrics after {@code millrace_}, and in the counters file. */
    public String label() {
        return label;
    }

    /** How the value is to be read. */
    public Kind kind() {
        return kind;
    }

    /** One line for whoever reads the metric. */
    public String help() {
        return help;
    }
}
