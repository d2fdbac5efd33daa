package io.millrace.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the admin server shows of the gateway; called from any thread, answers are immutable and
 * taken without touching a shard.
 */
public interface AdminView {
    /** Whether the process works at all. */
    boolean live();

    /** Whether traffic should be sent here, and why not. */
    Readiness ready();

    /** The routes in use. */
    List<RouteView> routes();

    /** Where listeners pass bytes on to unread. */
    List<TunnelView> tunnels();

    /** The upstreams in use. */
    List<UpstreamView> upstreams();

    /** What is running. */
    VersionView version();

    /**
     * Whether traffic should be sent here; immutable, safe from any thread.
     *
     * @param reason a short word such as {@code serving}, {@code starting} or {@code draining}
     */
    record Readiness(boolean ready, String reason) {}

    /**
     * One route; immutable, safe from any thread.
     *
     * @param upstream the upstream's name, or nothing when the gateway answers by itself
     * @param respondStatus the status of that answer
     * @param filesRoot the directory whose files it serves
     */
    record RouteView(
            String name,
            List<String> hosts,
            String path,
            List<String> methods,
            @Nullable String upstream,
            @Nullable Integer respondStatus,
            @Nullable String filesRoot) {}

    /**
     * Where a listener that passes bytes on unread sends some of its connections; immutable, safe
     * from any thread.
     *
     * @param sni server names, empty for whatever no other route of the listener takes
     * @param alpn protocols of which the client offers one, empty for any client
     */
    record TunnelView(
            String listener,
            String bind,
            String protocol,
            List<String> sni,
            List<String> alpn,
            String upstream) {}

    /** One upstream; immutable, safe from any thread. */
    record UpstreamView(String name, String balance, List<EndpointView> endpoints) {}

    /**
     * One endpoint as configured, with what became of it; immutable, safe from any thread.
     *
     * @param resolved the socket addresses now used for it
     * @param state a short word such as {@code up} or {@code down}
     */
    record EndpointView(
            String address,
            int weight,
            String state,
            List<String> resolved,
            Map<String, String> metadata) {}

    /** What is running; immutable, safe from any thread. */
    record VersionView(
            String version,
            String java,
            String transport,
            int shards,
            long tableGeneration,
            long pid) {}
}
