package io.millrace.snapshot;

import io.millrace.sni.SniTable;

/**
 * What holds for a listener that passes bytes on unread; immutable, safe from any thread.
 *
 * @param readsHello whether the target is chosen by the TLS ClientHello; else it is the fallback
 * @param targets where the tunnels lead
 * @param idleTimeoutNs how long no byte may flow in either direction
 */
public record TunnelSettings(boolean readsHello, SniTable targets, long idleTimeoutNs) {}
