package io.millrace.config;

import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.RecordBinder;
import org.jspecify.annotations.Nullable;

/**
 * Checks what upstreams say of their connections against each other; owned by the thread that loads
 * the file.
 */
final class UpstreamChecks {
    private final RecordBinder binder;
    private final Findings findings;

    UpstreamChecks(RecordBinder binder, Findings findings) {
        this.binder = binder;
        this.findings = findings;
    }

    void check(Node.Mapping root) {
        if (root.get("upstreams") instanceof Node.Mapping upstreams) {
            for (Node.Entry entry : upstreams.entries()) {
                if (entry.value() instanceof Node.Mapping upstream) {
                    checkUpstream("upstreams." + entry.key(), upstream);
                }
            }
        }
    }

    private void checkUpstream(String path, Node.Mapping upstream) {
        Node pool = upstream.get("pool");
        PoolConfig bounds = pool == null ? null : binder.bound(pool, PoolConfig.class);
        if (pool != null && bounds != null) {
            checkIdle(path + ".pool", pool, bounds);
        }
        if (upstream.get("pipelining") instanceof Node.Mapping pipelining) {
            checkShared(path + ".pipelining", pipelining, bounds);
            checkProxyProtocol(path + ".pipelining", pipelining, upstream.get("sendProxyProtocol"));
        }
    }

    private void checkIdle(String path, Node node, PoolConfig pool) {
        if (pool.minimumIdle() > pool.maximumPoolSize()) {
            tooMany(path, node, "minimumIdle", pool.minimumIdle(), "maximumPoolSize", pool);
        }
    }

    /** A pool that is left out, or wrong, is not smaller than the most that may be shared. */
    private void checkShared(String path, Node node, @Nullable PoolConfig pool) {
        PipeliningConfig pipelining = binder.bound(node, PipeliningConfig.class);
        if (pipelining != null
                && pool != null
                && pipelining.connections() > pool.maximumPoolSize()) {
            int wanted = pipelining.connections();
            tooMany(path, node, "connections", wanted, "pool.maximumPoolSize", pool);
        }
    }

    private void tooMany(
            String path, Node node, String key, int value, String bound, PoolConfig pool) {
        findings.add(
                nearest(node, key).position(),
                path
                        + "."
                        + key
                        + ": "
                        + value
                        + " is more than "
                        + bound
                        + ", which is "
                        + pool.maximumPoolSize());
    }

    /** A PROXY header names one client for a whole connection. */
    private void checkProxyProtocol(String path, Node pipelining, @Nullable Node header) {
        if (header instanceof Node.Scalar written && isSent(written.text())) {
            findings.add(
                    pipelining.position(),
                    path
                            + ": cannot be combined with sendProxyProtocol, here "
                            + written.text()
                            + ", for a shared connection has no single client that the header could"
                            + " name; remove one of them");
        }
    }

    /** A word that is none has been found already. */
    private static boolean isSent(String word) {
        return word.equals(UpstreamConfig.SendProxyProtocol.V1.toString())
                || word.equals(UpstreamConfig.SendProxyProtocol.V2.toString());
    }

    private static Node nearest(Node node, String key) {
        Node child = node instanceof Node.Mapping mapping ? mapping.get(key) : null;
        return child == null ? node : child;
    }
}
