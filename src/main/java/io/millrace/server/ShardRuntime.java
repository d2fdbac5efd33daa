package io.millrace.server;

import io.millrace.downstream.Listener;
import io.millrace.downstream.Spread;
import io.millrace.files.FileServing;
import io.millrace.files.FileThreads;
import io.millrace.filter.FilterShard;
import io.millrace.filter.limit.LimitCells;
import io.millrace.http.RequestHead;
import io.millrace.observe.AccessLogRing;
import io.millrace.observe.ShardCounters;
import io.millrace.observe.ShardMetric;
import io.millrace.proxy.Proxy;
import io.millrace.relay.Splicing;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.snapshot.Snapshot;
import io.millrace.stream.TunnelProxy;
import io.millrace.transport.Transport;
import io.netty.channel.ChannelFuture;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One shard with its proxy and listeners; owned by one shard, commanded by others through {@link
 * #ask}.
 */
@OwnedBy(Role.SHARD)
final class ShardRuntime {
    /** Fields of the largest head that a listener can be configured to admit. */
    private static final int REQUEST_FIELDS = 1024;

    private final Shard shard;
    private final Spread spread;
    private final Transport transport;
    private final ShardCounters counters;
    private final RequestHead scratch = new RequestHead(REQUEST_FIELDS);
    private final Map<String, Listener> listeners = new HashMap<>();
    private final Map<String, Listener> bound = new HashMap<>();
    private final Map<String, ListenerSettings> renamed = new HashMap<>();
    private final List<Listener> leaving = new ArrayList<>();
    private final FileThreads files;
    private final @Nullable AccessLogRing accessLog;
    private final FilterShard filters;
    private final Splicing splicing;
    private final TunnelProxy tunnels;
    private @Nullable Proxy proxy;

    ShardRuntime(
            Shard shard,
            Spread spread,
            Transport transport,
            ShardCounters counters,
            FileThreads files,
            @Nullable AccessLogRing accessLog,
            LimitCells limits) {
        this.shard = shard;
        this.spread = spread;
        this.transport = transport;
        this.counters = counters;
        this.files = files;
        this.accessLog = accessLog;
        this.filters = new FilterShard(limits);
        this.splicing = new Splicing(shard, transport);
        this.tunnels = new TunnelProxy(shard, transport, splicing, counters, accessLog);
    }

    Shard shard() {
        return shard;
    }

    ShardCounters counters() {
        return counters;
    }

    /** Runs something on the shard's thread; from any thread. */
    <T> CompletableFuture<T> ask(Supplier<T> command) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        shard.execute(() -> {
            try {
                answer.complete(command.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** Binds a listener that is not yet in use; from any thread. */
    BoundListener bind(ListenerSettings settings, SocketAddress address, boolean unixSocket) {
        Listener listener = listener(settings);
        ChannelFuture binding = listener.bind(address, unixSocket);
        binding.awaitUninterruptibly();
        if (binding.isSuccess() && address instanceof UnixSocketPath path) {
            path.onBound();
            binding.channel().closeFuture().addListener(_ -> path.remove());
        }
        return new BoundListener(listener, binding.cause());
    }

    /** A listener without a socket that serves what other shards accept; from any thread. */
    Listener standBy(ListenerSettings settings) {
        Listener listener = listener(settings);
        listener.standBy();
        return listener;
    }

    private Listener listener(ListenerSettings settings) {
        return new Listener(
                shard,
                spread,
                transport,
                settings,
                new LateSinks(this),
                tunnels,
                counters,
                scratch);
    }

    /** A listener with the cause why it is not bound, if it is not. */
    record BoundListener(Listener listener, @Nullable Throwable failure) {}

    /** Keeps a bound listener until the next snapshot. */
    void keep(Listener listener) {
        bound.put(listener.settings().name(), listener);
    }

    /** Remembers a new name until the next snapshot. */
    void rename(String from, ListenerSettings to) {
        renamed.put(from, to);
    }

    private void applyRenamings() {
        Map<ListenerSettings, Listener> moved = new HashMap<>();
        renamed.forEach((from, to) -> {
            Listener listener = listeners.remove(from);
            if (listener != null) {
                moved.put(to, listener);
            }
        });
        renamed.clear();
        moved.forEach((to, listener) -> {
            Listener before = listeners.put(to.name(), adopt(listener, to));
            if (before != null) {
                leave(before);
            }
        });
    }

    /**
     * The listener with other settings. Where they are of another protocol it is a new one on the
     * same socket, and what the old one has accepted ends like that of a listener that is removed.
     */
    private Listener adopt(Listener listener, ListenerSettings changed) {
        if (listener.settings().hasProtocolOf(changed)) {
            listener.settings(changed);
            return listener;
        }
        Listener next = listener.succeed(changed);
        leave(listener);
        return next;
    }

    void discardBound() {
        renamed.clear();
        bound.values().forEach(Listener::close);
        bound.clear();
    }

    void remove(String name) {
        Listener listener = listeners.remove(name);
        if (listener != null) {
            leave(listener);
        }
    }

    private void leave(Listener listener) {
        listener.close();
        listener.drain();
        leaving.add(listener);
        leaving.removeIf(left -> left.connections() == 0);
    }

    void onSnapshot(Snapshot snapshot) {
        splicing.pipes().maximum(snapshot.splice().pipes());
        Proxy running = proxy;
        if (running == null) {
            proxy =
                    new Proxy(
                            shard,
                            transport,
                            splicing,
                            counters,
                            new FileServing(shard, counters, files),
                            accessLog,
                            filters,
                            snapshot);
        } else {
            running.onSnapshot(snapshot);
        }
        tunnels.onSnapshot(snapshot);
        applyRenamings();
        bound.forEach(this::install);
        bound.clear();
        for (ListenerSettings settings : snapshot.listeners()) {
            Listener listener = listeners.get(settings.name());
            if (listener != null) {
                listeners.put(settings.name(), adopt(listener, settings));
            }
        }
    }

    private void install(String name, Listener listener) {
        Listener before = listeners.put(name, listener);
        if (before != null) {
            leave(before);
        }
        listener.open();
    }

    @Nullable Proxy proxy() {
        return proxy;
    }

    @Nullable SocketAddress address(String listener) {
        Listener bound = listeners.get(listener);
        return bound == null ? null : bound.localAddress();
    }

    void drain() {
        listeners.values().forEach(Listener::drain);
    }

    void closeListeners() {
        listeners.values().forEach(Listener::close);
    }

    /** What the clients of all listeners have under way, also of those that are being left. */
    InFlight inFlight() {
        int tunnelled = 0;
        int all = 0;
        for (Listener listener : listeners.values()) {
            tunnelled += listener.tunnels();
            all += listener.connections();
        }
        for (Listener listener : leaving) {
            tunnelled += listener.tunnels();
            all += listener.connections();
        }
        return new InFlight(value(ShardMetric.REQUESTS_ACTIVE), all - tunnelled, tunnelled);
    }

    void closeAll() {
        listeners.values().forEach(Listener::closeConnections);
        leaving.forEach(Listener::closeConnections);
        Proxy running = proxy;
        if (running != null) {
            running.close();
        }
        splicing.pipes().close();
    }

    Future<?> stop() {
        return shard.stop();
    }

    long value(ShardMetric metric) {
        return counters.value(metric);
    }
}
