package io.millrace.snapshot;

import io.millrace.http.HeadLimits;
import io.millrace.proxyprotocol.AcceptedVersions;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the connections of one listener; immutable, safe from any thread.
 *
 * @param name the listener's name in the configuration
 * @param limits what a head may measure
 * @param bodyLimitBytes largest body, 0 for no limit
 * @param pipelinedRequests most requests of one connection under way at a time, 1 for one by one
 * @param headersTimeoutNs from the first byte of a head to its end
 * @param idleTimeoutNs between requests
 * @param bodyTimeoutNs between two reads of a body, or two writes of a response that make progress
 * @param trustedProxies clients whose forwarding fields are believed
 * @param proxyProtocol which PROXY header every connection must begin with
 * @param proxyProtocolTrusted peers that may send it; everybody else is closed
 * @param tunnel what holds if bytes are passed on unread; null: the listener speaks HTTP
 */
public record ListenerSettings(
        String name,
        HeadLimits limits,
        long bodyLimitBytes,
        int pipelinedRequests,
        long headersTimeoutNs,
        long idleTimeoutNs,
        long bodyTimeoutNs,
        CidrSet trustedProxies,
        AcceptedVersions proxyProtocol,
        CidrSet proxyProtocolTrusted,
        @Nullable TunnelSettings tunnel) {
    /** Whether connections accepted under the one can live under the other. */
    public boolean hasProtocolOf(ListenerSettings other) {
        return (tunnel == null) == (other.tunnel == null);
    }
}
