package io.millrace.server;

import io.millrace.admin.AdminView;
import io.millrace.balance.Endpoint;
import io.millrace.balance.EndpointSet;
import io.millrace.config.EndpointConfig;
import io.millrace.config.GatewayConfig;
import io.millrace.config.SocketSpec;
import io.millrace.config.UpstreamConfig;
import io.millrace.control.Conductor;
import io.millrace.control.SocketText;
import io.millrace.control.TunnelRoute;
import io.millrace.snapshot.Snapshot;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What the admin pages show of a running gateway; safe from any thread. */
final class GatewayView implements AdminView {
    private final Conductor conductor;
    private final Supplier<Readiness> readiness;
    private final String transport;
    private final int shards;

    GatewayView(Conductor conductor, Supplier<Readiness> readiness, String transport, int shards) {
        this.conductor = conductor;
        this.readiness = readiness;
        this.transport = transport;
        this.shards = shards;
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public Readiness ready() {
        return readiness.get();
    }

    @Override
    public List<RouteView> routes() {
        GatewayConfig config = conductor.config();
        if (config == null) {
            return List.of();
        }
        List<RouteView> views = new ArrayList<>();
        for (var route : config.routes()) {
            var respond = route.respond();
            var files = route.files();
            views.add(
                    new RouteView(
                            route.name(),
                            route.hosts(),
                            route.path(),
                            route.methods(),
                            route.upstream(),
                            respond == null ? null : respond.status(),
                            files == null ? null : files.root().toString()));
        }
        return views;
    }

    @Override
    public List<TunnelView> tunnels() {
        GatewayConfig config = conductor.config();
        List<TunnelView> views = new ArrayList<>();
        for (TunnelRoute route : config == null ? List.<TunnelRoute>of() : TunnelRoute.of(config)) {
            views.add(
                    new TunnelView(
                            route.listener(),
                            route.bind(),
                            route.protocol(),
                            route.sni(),
                            route.alpn(),
                            route.upstream()));
        }
        return views;
    }

    @Override
    public List<UpstreamView> upstreams() {
        GatewayConfig config = conductor.config();
        Snapshot snapshot = conductor.snapshot();
        if (config == null || snapshot == null) {
            return List.of();
        }
        List<UpstreamView> views = new ArrayList<>();
        int index = 0;
        for (var entry : config.upstreams().entrySet()) {
            EndpointSet live =
                    index < snapshot.upstreams().size() ? snapshot.upstreams().get(index) : null;
            index++;
            views.add(
                    new UpstreamView(
                            entry.getKey(),
                            entry.getValue().balance().name(),
                            endpoints(entry.getValue(), live)));
        }
        return views;
    }

    private static List<EndpointView> endpoints(
            UpstreamConfig upstream, @org.jspecify.annotations.Nullable EndpointSet live) {
        List<EndpointView> views = new ArrayList<>();
        for (EndpointConfig endpoint : upstream.endpoints()) {
            String written = SocketText.of(endpoint.address());
            List<String> resolved = new ArrayList<>();
            if (live != null) {
                for (Endpoint known : live.endpoints()) {
                    if (known.name().equals(written)) {
                        resolved.add(text(known));
                    }
                }
            }
            boolean unix = endpoint.address() instanceof SocketSpec.Unix;
            views.add(
                    new EndpointView(
                            written,
                            endpoint.weight(),
                            unix || !resolved.isEmpty() ? "up" : "unresolved",
                            resolved,
                            endpoint.metadata()));
        }
        return views;
    }

    private static String text(Endpoint endpoint) {
        return endpoint.address() instanceof InetSocketAddress socket
                ? SocketText.of(
                        new SocketSpec.Tcp(socket.getAddress().getHostAddress(), socket.getPort()))
                : endpoint.name();
    }

    @Override
    public VersionView version() {
        Snapshot snapshot = conductor.snapshot();
        return new VersionView(
                Version.current(),
                Runtime.version().toString(),
                transport,
                shards,
                snapshot == null ? 0 : snapshot.generation(),
                ProcessHandle.current().pid());
    }
}
