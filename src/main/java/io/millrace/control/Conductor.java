package io.millrace.control;

import io.millrace.config.ConfigResult;
import io.millrace.config.GatewayConfig;
import io.millrace.config.ListenerConfig;
import io.millrace.config.SocketSpec;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.route.RouteCompiler;
import io.millrace.route.RouteTable;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.snapshot.Snapshot;
import io.millrace.store.Generation;
import io.millrace.store.TableStore;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one configuration after the other into force, whole or not at all; owned by the
 * conductor's thread.
 *
 * <p>New listeners are bound before anything is published, and old ones closed after every shard
 * has moved on, so that a generation that cannot serve leaves no trace.
 */
@OwnedBy(Role.CONDUCTOR)
public final class Conductor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);

    /** A configuration that has been applied. */
    private record Applied(GatewayConfig config, Generation generation, RouteTable routes) {}

    private final TableStore store;
    private final DataPlane plane;
    private final Names names;
    private @Nullable Applied applied;
    private @Nullable GatewayConfig started;
    private volatile @Nullable Snapshot snapshot;
    private volatile @Nullable GatewayConfig config;

    /** Makes a conductor without a configuration. */
    public Conductor(TableStore store, DataPlane plane, Names names) {
        this.store = store;
        this.plane = plane;
        this.names = names;
    }

    /** The snapshot in force; safe from any thread. */
    public @Nullable Snapshot snapshot() {
        return snapshot;
    }

    /** The configuration in force; safe from any thread. */
    public @Nullable GatewayConfig config() {
        return config;
    }

    /**
     * Publishes a configuration to the store and to every shard.
     *
     * @return whether it is in force; otherwise everything is as before, and the log says why
     */
    public boolean apply(ConfigResult loaded) {
        GatewayConfig next = loaded.config();
        if (next == null) {
            loaded.problems().forEach(problem -> LOG.error("{}", problem));
            return false;
        }
        Applied before = applied;
        try {
            bindNew(before, next);
            List<String> upstreamNames = List.copyOf(next.upstreams().keySet());
            DirectBuffer image = RouteCompiler.compile(next.routes(), upstreamNames);
            store.publish(loaded.text().getBytes(StandardCharsets.UTF_8), image);
            adopt(next, read());
        } catch (BindFailure | RuntimeException e) {
            LOG.error("the configuration is not applied: {}", e.getMessage());
            plane.discardBound();
            return false;
        }
        finish(before, next);
        return true;
    }

    /** Serves what the store holds from an earlier run, without publishing it again. */
    public boolean adoptStored(ConfigResult stored, Generation generation) {
        GatewayConfig next = stored.config();
        if (next == null) {
            return false;
        }
        try {
            bindNew(null, next);
            adopt(next, generation);
        } catch (BindFailure | RuntimeException e) {
            plane.discardBound();
            LOG.error("the stored generation cannot be served: {}", e.getMessage());
            return false;
        }
        return true;
    }

    /** Takes over what host names resolve to now. */
    public void onAddresses(Map<String, List<InetAddress>> addresses) {
        Applied current = applied;
        if (current != null) {
            Snapshot refreshed =
                    SnapshotCompiler.compile(
                            current.generation().number(),
                            current.config(),
                            current.routes(),
                            addresses);
            plane.publish(refreshed);
            snapshot = refreshed;
        }
    }

    private Generation read() {
        Generation generation = store.read();
        if (generation == null) {
            throw new IllegalStateException("the store is empty after publishing");
        }
        return generation;
    }

    private void adopt(GatewayConfig next, Generation generation) {
        RouteTable routes = new RouteTable(generation.routeImage());
        Snapshot made =
                SnapshotCompiler.compile(
                        generation.number(),
                        next,
                        routes,
                        names.follow(SnapshotCompiler.hostNames(next)));
        plane.publish(made);
        snapshot = made;
        config = next;
        applied = new Applied(next, generation, routes);
        if (started == null) {
            started = next;
        }
    }

    /**
     * Binds what is new. A socket that only changes its name is kept: a second one on the same
     * address would take connections that nobody accepts any more when the first is closed.
     */
    private void bindNew(@Nullable Applied before, GatewayConfig next) throws BindFailure {
        Map<SocketSpec, String> freed = freed(before, next);
        for (Map.Entry<String, ListenerConfig> entry : next.listeners().entrySet()) {
            ListenerConfig known =
                    before == null ? null : before.config().listeners().get(entry.getKey());
            if (known == null || !known.bind().equals(entry.getValue().bind())) {
                ListenerSettings settings =
                        ListenerCompiler.settings(entry.getKey(), entry.getValue());
                String from = freed.remove(entry.getValue().bind());
                if (from == null) {
                    plane.bind(settings, entry.getValue().bind());
                } else {
                    plane.rename(from, settings);
                }
            }
        }
    }

    /** Addresses in use now whose listener goes away or moves. */
    private static Map<SocketSpec, String> freed(@Nullable Applied before, GatewayConfig next) {
        Map<SocketSpec, String> freed = new HashMap<>();
        if (before != null) {
            before.config()
                    .listeners()
                    .forEach((name, listener) -> {
                        ListenerConfig stays = next.listeners().get(name);
                        if (stays == null || !stays.bind().equals(listener.bind())) {
                            freed.put(listener.bind(), name);
                        }
                    });
        }
        return freed;
    }

    private void finish(@Nullable Applied before, GatewayConfig next) {
        if (before == null) {
            return;
        }
        for (String name : before.config().listeners().keySet()) {
            if (!next.listeners().containsKey(name)) {
                plane.unbind(name);
            }
        }
        before.generation().close();
        long number = snapshotNumber();
        LOG.info(
                "generation {} is in force: {}",
                number,
                ConfigChange.describe(before.config(), next));
        List<String> ignored =
                ConfigChange.ignoredUntilRestart(started == null ? next : started, next);
        if (!ignored.isEmpty()) {
            LOG.warn("read at start only, waits for a restart: {}", String.join(", ", ignored));
        }
    }

    private long snapshotNumber() {
        Snapshot current = snapshot;
        return current == null ? 0 : current.generation();
    }

    /** Gives the mapped memory back; no shard may run any more. */
    @Override
    public void close() {
        Applied current = applied;
        if (current != null) {
            current.generation().close();
            applied = null;
        }
    }
}
