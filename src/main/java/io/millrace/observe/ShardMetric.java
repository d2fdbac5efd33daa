package io.millrace.observe;

/** The fixed counters and gauges that every shard has; owned by no thread (constants). */
public enum ShardMetric {
    CONNECTIONS_ACCEPTED("connections_accepted", Kind.COUNTER, "Client connections accepted"),
    CONNECTIONS_CLOSED("connections_closed", Kind.COUNTER, "Client connections closed"),
    CONNECTIONS_REFUSED("connections_refused", Kind.COUNTER, "Client connections refused"),
    PROXY_HEADERS_REFUSED(
            "proxy_headers_refused",
            Kind.COUNTER,
            "Client connections closed for their PROXY header: missing, malformed, late, or from"
                    + " a peer that may not send one"),
    CONNECTIONS_ACTIVE("connections_active", Kind.GAUGE, "Client connections now open"),
    CONNECTIONS_IDLE("connections_idle", Kind.GAUGE, "Client connections between two requests"),
    REQUESTS_ACTIVE("requests_active", Kind.GAUGE, "Requests now in flight"),
    UPSTREAM_IDLE("upstream_idle", Kind.GAUGE, "Pooled upstream connections now idle"),
    CLIENT_BYTES_RECEIVED(
            "client_received_bytes", Kind.COUNTER, "Bytes received from clients, heads included"),
    CLIENT_BYTES_SENT("client_sent_bytes", Kind.COUNTER, "Bytes sent to clients, heads included"),
    UPSTREAM_BYTES_RECEIVED(
            "upstream_received_bytes", Kind.COUNTER, "Bytes received from origins, heads included"),
    UPSTREAM_BYTES_SENT(
            "upstream_sent_bytes", Kind.COUNTER, "Bytes sent to origins, heads included"),
    LOOP_TURNS("shard_loop_turns", Kind.COUNTER, "Turns of the event loop"),
    LOOP_BUSY_NS(
            "shard_loop_busy_seconds",
            Kind.NANOSECONDS,
            "Time the event loop spent working; its rate is the load of the shard"),
    ALLOCATED_BYTES(
            "shard_allocated_bytes", Kind.COUNTER, "Heap bytes allocated by the shard's thread"),
    TABLE_GENERATION("table_generation", Kind.GAUGE, "Generation of the route table in use"),
    HEAD_BUFFER_BYTES("head_buffer_bytes", Kind.GAUGE, "Bytes held by buffers of message heads"),
    BODY_BUFFER_BYTES("body_buffer_bytes", Kind.GAUGE, "Bytes held while a body is being relayed"),
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
