package io.millrace.cli;

import io.millrace.config.ConfigLoader;
import io.millrace.config.GatewayConfig;
import io.millrace.control.TunnelRoute;
import io.millrace.route.RouteCompiler;
import io.millrace.route.RouteTable;
import io.millrace.server.StateDirectory;
import io.millrace.store.Generation;
import io.millrace.store.StoreException;
import io.millrace.store.TableStore;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route table to look into, live or compiled for the purpose; owned by the main thread.
 *
 * @param source where it comes from, for people
 * @param generation its number, 0 when it was compiled for the purpose
 * @param chains what its routes' filters do
 * @param tunnels where its listeners send connections whose bytes are passed on unread
 */
record OpenTable(
        RouteTable table,
        String source,
        long generation,
        TunnelListing tunnels,
        ChainListing chains,
        @Nullable TableStore store,
        @Nullable Generation held)
        implements AutoCloseable {
    /** Where the gateway keeps its tables unless its configuration says otherwise. */
    static final String STATE_DIRECTORY = "/var/lib/millrace";

    /**
     * The table that the gateway with this state directory serves; {@link StoreException} says why
     * not.
     */
    static OpenTable live(Path written) {
        Path stateDirectory = StateDirectory.usable(written);
        TableStore store = TableStore.openReadOnly(stateDirectory);
        Generation generation = null;
        OpenTable open = null;
        try {
            generation = store.read();
            if (generation == null) {
                throw new IllegalArgumentException(
                        "nothing was published yet in " + stateDirectory);
            }
            RouteTable table = new RouteTable(generation.routeImage());
            String source = "generation " + generation.number() + " in " + stateDirectory;
            GatewayConfig config = config(generation.configText());
            open =
                    new OpenTable(
                            table,
                            source,
                            generation.number(),
                            tunnels(config),
                            new ChainListing(config),
                            store,
                            generation);
            return open;
        } finally {
            if (open == null) {
                close(store, generation);
            }
        }
    }

    /** The table that the gateway would serve with this configuration. */
    static OpenTable compiled(Path file, GatewayConfig config) {
        List<String> upstreams = List.copyOf(config.upstreams().keySet());
        RouteTable table = new RouteTable(RouteCompiler.compile(config.routes(), upstreams));
        return new OpenTable(
                table, file.toString(), 0, tunnels(config), new ChainListing(config), null, null);
    }

    /**
     * The text that the table was compiled from. One without these keys is not parsed: with a
     * million routes that would take far longer than the answer. One that another version wrote may
     * mean nothing to this one; its table can be read all the same.
     */
    private static @Nullable GatewayConfig config(String text) {
        boolean needed =
                text.contains("protocol") || text.contains("filters") || text.contains("policies");
        return needed ? ConfigLoader.parse("", text).config() : null;
    }

    private static TunnelListing tunnels(@Nullable GatewayConfig config) {
        return new TunnelListing(config == null ? List.of() : TunnelRoute.of(config));
    }

    @Override
    public void close() {
        close(store, held);
    }

    private static void close(@Nullable TableStore store, @Nullable Generation generation) {
        if (generation != null) {
            generation.close();
        }
        if (store != null) {
            store.close();
        }
    }
}
