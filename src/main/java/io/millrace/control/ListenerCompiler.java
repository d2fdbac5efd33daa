package io.millrace.control;

import io.millrace.config.ListenerConfig;
import io.millrace.config.syntax.Cidr;
import io.millrace.http.HeadLimits;
import io.millrace.proxyprotocol.AcceptedVersions;
import io.millrace.snapshot.CidrSet;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.snapshot.TunnelSettings;
import io.millrace.sni.SniTable;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a listener's configuration into what its connections go by; owned by no thread (pure
 * functions).
 */
public final class ListenerCompiler {
    private ListenerCompiler() {}

    /** The settings of one listener. */
    public static ListenerSettings settings(String name, ListenerConfig listener) {
        return new ListenerSettings(
                name,
                new HeadLimits(
                        Math.toIntExact(listener.limits().requestLine()),
                        Math.toIntExact(listener.limits().headers()),
                        listener.limits().headerCount()),
                listener.limits().body(),
                listener.limits().pipelined(),
                listener.timeouts().headers().toNanos(),
                listener.timeouts().idle().toNanos(),
                listener.timeouts().body().toNanos(),
                networks(listener.trustedProxies()),
                accepted(listener.proxyProtocol()),
                networks(listener.proxyProtocolTrusted()),
                tunnel(listener));
    }

    private static CidrSet networks(List<Cidr> written) {
        return written.isEmpty()
                ? CidrSet.EMPTY
                : new CidrSet(
                        written.stream()
                                .map(c -> new CidrSet.Network(c.address(), c.prefixLength()))
                                .toList());
    }

    private static AcceptedVersions accepted(ListenerConfig.ProxyProtocol choice) {
        return switch (choice) {
            case OFF -> AcceptedVersions.OFF;
            case V1 -> AcceptedVersions.V1;
            case V2 -> AcceptedVersions.V2;
            case ANY -> AcceptedVersions.ANY;
        };
    }

    private static @Nullable TunnelSettings tunnel(ListenerConfig listener) {
        if (listener.protocol() == ListenerConfig.Protocol.HTTP) {
            return null;
        }
        List<SniTable.Route> routes =
                listener.routes().stream()
                        .map(route ->
                                new SniTable.Route(
                                        route.sni().stream()
                                                .map(name -> name.toLowerCase(Locale.ROOT))
                                                .toList(),
                                        route.alpn(),
                                        route.upstream()))
                        .toList();
        return new TunnelSettings(
                listener.protocol() == ListenerConfig.Protocol.TLS_PASSTHROUGH,
                new SniTable(routes, listener.upstream()),
                listener.timeouts().tunnel().toNanos());
    }
}
