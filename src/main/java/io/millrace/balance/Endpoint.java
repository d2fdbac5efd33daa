package io.millrace.balance;

import java.net.SocketAddress;
import java.util.Map;

/**
 * One place where an upstream can be reached, its name resolved; immutable, safe from any thread.
 *
 * @param key what identifies it across generations: the address as written, with the resolved one
 * @param name the address as written, for logs and metrics
 * @param address where to connect
 * @param unixSocket whether the address is a path
 * @param weight 1 or more; its share of round-robin turns
 * @param metadata labels such as {@code version: v1}
 */
public record Endpoint(
        String key,
        String name,
        SocketAddress address,
        boolean unixSocket,
        int weight,
        Map<String, String> metadata) {}
