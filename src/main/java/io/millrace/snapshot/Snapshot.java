package io.millrace.snapshot;

import io.millrace.balance.EndpointSet;
import io.millrace.files.FileSite;
import io.millrace.filter.RouteFilters;
import io.millrace.route.RouteTable;
import java.util.List;

/**
 * Everything that a shard needs to know, as of one generation; immutable, safe from any thread.
 *
 * <p>The route table lies in mapped memory that the conductor gives back when every shard has moved
 * on: a shard reads it only between taking this snapshot and taking the next one, never across
 * turns.
 *
 * @param generation number of the generation, growing
 * @param routes the compiled routes
 * @param upstreams in the order that route targets count in
 * @param sites directories whose files are served, in the order that routes count them in
 * @param filters what each route decides
 * @param listeners settings by listener, in the order of the configuration
 * @param splice what bodies are not copied
 */
public record Snapshot(
        long generation,
        RouteTable routes,
        List<EndpointSet> upstreams,
        List<FileSite> sites,
        RouteFilters filters,
        List<ListenerSettings> listeners,
        SpliceSettings splice) {}
