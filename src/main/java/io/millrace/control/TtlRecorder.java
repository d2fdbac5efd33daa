package io.millrace.control;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache that keeps no answer but remembers how long each may be kept, which Netty's resolver
 * tells nobody else; owned by the resolver's thread.
 */
final class TtlRecorder implements DnsCache {
    private final Map<String, Long> seconds = new HashMap<>();

    /** The smallest TTL told since the last call for the name, also under a search domain. */
    long take(String host, long otherwise) {
        String name = host.toLowerCase(Locale.ROOT);
        String below = name.endsWith(".") ? name : name + ".";
        long smallest = Long.MAX_VALUE;
        for (Map.Entry<String, Long> entry : seconds.entrySet()) {
            if (entry.getKey().equals(name) || entry.getKey().startsWith(below)) {
                smallest = Math.min(smallest, entry.getValue());
            }
        }
        seconds.keySet().removeIf(told -> told.equals(name) || told.startsWith(below));
        return smallest == Long.MAX_VALUE ? otherwise : smallest;
    }

    @Override
    public DnsCacheEntry cache(
            String hostname,
            DnsRecord @Nullable [] additionals,
            InetAddress address,
            long originalTtl,
            EventLoop loop) {
        seconds.merge(hostname.toLowerCase(Locale.ROOT), originalTtl, Math::min);
        return new Told(address, null);
    }

    @Override
    public DnsCacheEntry cache(
            String hostname, DnsRecord @Nullable [] additionals, Throwable cause, EventLoop loop) {
        return new Told(null, cause);
    }

    @Override
    public @Nullable List<? extends DnsCacheEntry> get(
            String hostname, DnsRecord @Nullable [] additionals) {
        return null;
    }

    @Override
    public void clear() {
        seconds.clear();
    }

    @Override
    public boolean clear(String hostname) {
        return seconds.remove(hostname) != null;
    }

    private record Told(@Nullable InetAddress address, @Nullable Throwable cause)
            implements DnsCacheEntry {}
}
