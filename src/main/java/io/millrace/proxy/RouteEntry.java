package io.millrace.proxy;

import io.millrace.filter.FilterChain;
import io.millrace.observe.RouteCounters;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A route of one listener as its requests know it; owned by one shard.
 *
 * @param counters where its requests are counted
 * @param listener the listener's name, for the access log
 * @param name the route's name, for the access log
 * @param chain what is decided about its requests
 */
record RouteEntry(
        RouteCounters counters, UnsafeBuffer listener, UnsafeBuffer name, FilterChain chain) {}
