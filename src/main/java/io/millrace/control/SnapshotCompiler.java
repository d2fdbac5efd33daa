package io.millrace.control;

import io.millrace.balance.Algorithm;
import io.millrace.balance.Endpoint;
import io.millrace.balance.EndpointSet;
import io.millrace.balance.PipeliningSettings;
import io.millrace.balance.PoolSettings;
import io.millrace.config.BalanceChoice;
import io.millrace.config.EndpointConfig;
import io.millrace.config.GatewayConfig;
import io.millrace.config.PipeliningConfig;
import io.millrace.config.PoolConfig;
import io.millrace.config.SocketSpec;
import io.millrace.config.UpstreamConfig;
import io.millrace.config.server.SpliceConfig;
import io.millrace.proxyprotocol.SentVersion;
import io.millrace.route.RouteTable;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.snapshot.Snapshot;
import io.millrace.snapshot.SpliceSettings;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compiles configuration records into what the shards run on; owned by no thread (pure functions).
 */
public final class SnapshotCompiler {
    private SnapshotCompiler() {}

    /**
     * Makes a snapshot.
     *
     * @param addresses what the endpoints' host names resolve to; a name that is missing has no
     *     endpoint yet
     */
    public static Snapshot compile(
            long generation,
            GatewayConfig config,
            RouteTable routes,
            Map<String, List<InetAddress>> addresses) {
        List<EndpointSet> upstreams = new ArrayList<>();
        config.upstreams()
                .forEach((name, upstream) -> upstreams.add(upstream(name, upstream, addresses)));
        List<ListenerSettings> listeners = new ArrayList<>();
        config.listeners()
                .forEach((name, listener) ->
                        listeners.add(ListenerCompiler.settings(name, listener)));
        SpliceConfig splice = config.server().splice();
        return new Snapshot(
                generation,
                routes,
                upstreams,
                SiteCompiler.compile(config.routes()),
                FilterCompiler.compile(config),
                listeners,
                new SpliceSettings(splice.threshold(), splice.pipes()));
    }

    /** The host names that must be resolved. */
    public static Set<String> hostNames(GatewayConfig config) {
        Set<String> names = new TreeSet<>();
        for (UpstreamConfig upstream : config.upstreams().values()) {
            for (EndpointConfig endpoint : upstream.endpoints()) {
                if (endpoint.address() instanceof SocketSpec.Tcp tcp) {
                    names.add(tcp.host());
                }
            }
        }
        return names;
    }

    private static EndpointSet upstream(
            String name, UpstreamConfig upstream, Map<String, List<InetAddress>> addresses) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (EndpointConfig endpoint : upstream.endpoints()) {
            addEndpoints(endpoint, addresses, endpoints);
        }
        return new EndpointSet(
                name,
                algorithm(upstream.balance()),
                endpoints,
                pool(upstream.pool(), upstream.pipelining()),
                upstream.maximumConnections(),
                upstream.timeouts().response().toNanos(),
                sent(upstream.sendProxyProtocol()));
    }

    private static SentVersion sent(UpstreamConfig.SendProxyProtocol choice) {
        return switch (choice) {
            case OFF -> SentVersion.OFF;
            case V1 -> SentVersion.V1;
            case V2 -> SentVersion.V2;
        };
    }

    private static void addEndpoints(
            EndpointConfig endpoint,
            Map<String, List<InetAddress>> addresses,
            List<Endpoint> endpoints) {
        switch (endpoint.address()) {
            case SocketSpec.Unix unix ->
                    endpoints.add(
                            new Endpoint(
                                    "unix:" + unix.path(),
                                    "unix:" + unix.path(),
                                    new DomainSocketAddress(unix.path()),
                                    true,
                                    endpoint.weight(),
                                    endpoint.metadata()));
            case SocketSpec.Tcp tcp -> {
                for (InetAddress address : addresses.getOrDefault(tcp.host(), List.of())) {
                    InetSocketAddress socket = new InetSocketAddress(address, tcp.port());
                    String name = SocketText.of(tcp);
                    endpoints.add(
                            new Endpoint(
                                    name + "=" + address.getHostAddress(),
                                    name,
                                    socket,
                                    false,
                                    endpoint.weight(),
                                    endpoint.metadata()));
                }
            }
        }
    }

    private static Algorithm algorithm(BalanceChoice choice) {
        return switch (choice) {
            case ROUND_ROBIN -> Algorithm.ROUND_ROBIN;
            case LEAST_REQUEST -> Algorithm.LEAST_REQUEST;
            case RANDOM -> Algorithm.RANDOM;
        };
    }

    private static PoolSettings pool(PoolConfig pool, @Nullable PipeliningConfig pipelining) {
        return new PoolSettings(
                pool.maximumPoolSize(),
                pool.minimumIdle(),
                pool.connectionTimeout().toNanos(),
                pool.idleTimeout().toNanos(),
                pool.maxLifetime().toNanos(),
                pool.maximumPending(),
                pipelining == null ? PipeliningSettings.OFF : shared(pipelining));
    }

    private static PipeliningSettings shared(PipeliningConfig pipelining) {
        return new PipeliningSettings(
                pipelining.depth(),
                pipelining.connections(),
                pipelining.maximumAge().toNanos(),
                Math.toIntExact(pipelining.maximumBuffered()));
    }
}
