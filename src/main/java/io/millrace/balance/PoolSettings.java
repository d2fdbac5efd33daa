package io.millrace.balance;

/**
 * Bounds of a connection pool; immutable, safe from any thread.
 *
 * @param maximumPoolSize most connections of one shard to one endpoint
 * @param minimumIdle idle connections that are not closed for being idle
 * @param connectionTimeoutNs longest wait for a connection, connecting included
 * @param idleTimeoutNs how long an idle connection is kept
 * @param maxLifetimeNs age at which a connection is no longer used again
 * @param maximumPending most requests that wait for a connection
 * @param pipelining bounds of the connections that requests share
 */
public record PoolSettings(
        int maximumPoolSize,
        int minimumIdle,
        long connectionTimeoutNs,
        long idleTimeoutNs,
        long maxLifetimeNs,
        int maximumPending,
        PipeliningSettings pipelining) {}
