package io.millrace.balance;

import io.millrace.proxyprotocol.SentVersion;
import java.util.List;

/**
 * An upstream as the data plane sees it; immutable, safe from any thread.
 *
 * @param name the upstream's name in the configuration
 * @param algorithm how to choose
 * @param endpoints those that can be reached, possibly none
 * @param pool bounds of each endpoint's pool
 * @param maximumConnections most tunnels of one shard to the upstream
 * @param responseTimeoutNs longest wait for a response head, and between two reads of its body
 * @param sendProxyProtocol which PROXY header opens every connection
 */
public record EndpointSet(
        String name,
        Algorithm algorithm,
        List<Endpoint> endpoints,
        PoolSettings pool,
        int maximumConnections,
        long responseTimeoutNs,
        SentVersion sendProxyProtocol) {
    public EndpointSet {
        endpoints = List.copyOf(endpoints);
    }
}
