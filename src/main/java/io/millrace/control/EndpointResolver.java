package io.millrace.control;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the addresses of named endpoints up to date; owned by its own thread of the control plane.
 *
 * <p>The hosts file is looked into first, then DNS is asked for A and AAAA records, and again when
 * the smallest TTL of the answer ends. A failure keeps the last good answer and is tried again
 * after a wait that doubles. No shard ever waits for a name.
 */
@OwnedBy(Role.ANY)
public final class EndpointResolver implements Names, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointResolver.class);
    private static final int MOST_DOUBLINGS = 16;

    /** Answers of the hosts file have no TTL; the file is read again this often. */
    private static final long HOSTS_FILE_SECONDS = 30;

    private final ResolverSettings settings;
    private final AddressListener listener;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final DnsNameResolver dns;
    private final TtlRecorder ttls = new TtlRecorder();
    private final Map<String, Name> names = new HashMap<>();
    private volatile Map<String, List<InetAddress>> known = Map.of();

    private EndpointResolver(ResolverSettings settings, AddressListener listener) {
        this.settings = settings;
        this.listener = listener;
        this.group =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("resolver", true), NioIoHandler.newFactory());
        this.loop = group.next();
        this.dns =
                new DnsNameResolverBuilder(loop)
                        .datagramChannelType(NioDatagramChannel.class)
                        .socketChannelType(NioSocketChannel.class)
                        // A port of its own for each question makes forged answers harder to land.
                        .datagramChannelStrategy(
                                DnsNameResolverChannelStrategy.ChannelPerResolution)
                        .nameServerProvider(settings.servers())
                        .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                        .completeOncePreferredResolved(false)
                        .queryTimeoutMillis(settings.queryTimeout().toMillis())
                        .hostsFileEntriesResolver((host, types) -> null)
                        .resolveCache(ttls)
                        .cnameCache(NoopDnsCnameCache.INSTANCE)
                        .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                        .build();
    }

    /** A resolver that watches no name yet. */
    public static EndpointResolver start(ResolverSettings settings, AddressListener listener) {
        return new EndpointResolver(settings, listener);
    }

    /**
     * Watches exactly these names from now on; what is known of those that stay is kept.
     *
     * @return completed once every new name was answered, or failed, for the first time
     */
    public CompletableFuture<Void> watch(Set<String> hosts) {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        Set<String> wanted = Set.copyOf(hosts);
        loop.execute(() -> onWatch(wanted, answered));
        return answered;
    }

    /** As {@link #watch}, and waits a bounded time for names that are new. */
    @Override
    public Map<String, List<InetAddress>> follow(Set<String> hosts) {
        long longest = settings.firstWait().toMillis();
        watch(hosts).completeOnTimeout(null, longest, TimeUnit.MILLISECONDS).join();
        return known;
    }

    /** Ends all questions; the listener hears nothing more. */
    @Override
    public void close() {
        loop.execute(() -> {
            names.values().forEach(Name::forget);
            names.clear();
            dns.close();
        });
        var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void onWatch(Set<String> wanted, CompletableFuture<Void> answered) {
        List<CompletableFuture<Void>> first = new ArrayList<>();
        boolean removed = false;
        for (String host : List.copyOf(names.keySet())) {
            if (!wanted.contains(host)) {
                Name gone = names.remove(host);
                removed |= gone != null && gone.forget();
            }
        }
        for (String host : wanted) {
            Name name = names.computeIfAbsent(host, Name::new);
            first.add(name.first);
            name.askFirst();
        }
        if (removed) {
            tell();
        }
        var _ =
                CompletableFuture.allOf(first.toArray(new CompletableFuture<?>[0]))
                        .thenRun(() -> answered.complete(null));
    }

    private void tell() {
        Map<String, List<InetAddress>> all = new TreeMap<>();
        for (Name name : names.values()) {
            if (!name.addresses.isEmpty()) {
                all.put(name.host, name.addresses);
            }
        }
        known = Collections.unmodifiableMap(all);
        try {
            listener.onAddresses(known);
        } catch (RuntimeException e) {
            LOG.error("new addresses could not be applied", e);
        }
    }

    private List<InetAddress> inHostsFile(String host) {
        HostsFileEntriesProvider entries =
                HostsFileEntriesProvider.parser().parseSilently(settings.hostsFile().toFile());
        String name = host.toLowerCase(Locale.ROOT);
        List<InetAddress> found = new ArrayList<>();
        found.addAll(entries.ipv4Entries().getOrDefault(name, List.of()));
        found.addAll(entries.ipv6Entries().getOrDefault(name, List.of()));
        return found;
    }

    /** One watched name. */
    private final class Name {
        private final String host;
        private final CompletableFuture<Void> first = new CompletableFuture<>();
        private List<InetAddress> addresses = List.of();
        private io.netty.util.concurrent.@Nullable ScheduledFuture<?> next;
        private int failures;
        private boolean asked;
        private boolean forgotten;

        private Name(String host) {
            this.host = host;
        }

        private void askFirst() {
            if (!asked) {
                asked = true;
                ask();
            }
        }

        private void ask() {
            InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
            if (literal != null) {
                addresses = List.of(literal);
                tell();
                first.complete(null);
                return;
            }
            List<InetAddress> local = inHostsFile(host);
            if (!local.isEmpty()) {
                onAnswer(local, HOSTS_FILE_SECONDS);
                return;
            }
            var _ = dns.resolveAll(host).addListener((Future<List<InetAddress>> f) -> onResult(f));
        }

        private void onResult(Future<List<InetAddress>> result) {
            long ttl = ttls.take(host, 0);
            if (forgotten) {
                return;
            }
            if (result.isSuccess()) {
                onAnswer(result.getNow(), ttl);
            } else {
                onFailure(result.cause());
            }
        }

        private void onAnswer(List<InetAddress> answer, long ttlSeconds) {
            if (failures > 0) {
                LOG.info("{} is resolved again", host);
            }
            failures = 0;
            List<InetAddress> sorted =
                    answer.stream()
                            .distinct()
                            .sorted((a, b) ->
                                    Arrays.compareUnsigned(a.getAddress(), b.getAddress()))
                            .toList();
            boolean changed = !sorted.equals(addresses);
            if (changed) {
                LOG.info(
                        "{} is {}",
                        host,
                        sorted.stream().map(InetAddress::getHostAddress).toList());
                addresses = sorted;
            }
            askAgainIn(TimeUnit.SECONDS.toMillis(Math.min(ttlSeconds, Integer.MAX_VALUE)));
            if (changed) {
                tell();
            }
            first.complete(null);
        }

        private void onFailure(Throwable cause) {
            if (failures == 0) {
                LOG.warn(
                        "{} cannot be resolved: {}; {}, trying again",
                        host,
                        cause.getMessage(),
                        addresses.isEmpty() ? "it has no address yet" : "its last addresses stay");
            }
            askAgainIn(settings.shortest().toMillis() << Math.min(failures, MOST_DOUBLINGS));
            failures++;
            first.complete(null);
        }

        private void askAgainIn(long millis) {
            long shortest = settings.shortest().toMillis();
            long bounded = Math.clamp(millis, shortest, settings.longest().toMillis());
            next = loop.schedule(this::ask, bounded, TimeUnit.MILLISECONDS);
        }

        /** True when the name had addresses. */
        private boolean forget() {
            forgotten = true;
            if (next != null) {
                next.cancel(false);
            }
            first.complete(null);
            return !addresses.isEmpty();
        }
    }
}
