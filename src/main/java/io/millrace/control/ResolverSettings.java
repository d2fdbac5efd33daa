package io.millrace.control;

import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How names are resolved; immutable, safe from any thread.
 *
 * @param servers the name servers
 * @param hostsFile looked into before any server is asked
 * @param shortest the least time an answer is kept, and the first wait after a failure
 * @param longest the most time an answer is kept, and the longest wait after failures
 * @param queryTimeout how long one question to one server may take
 * @param firstWait how long {@link EndpointResolver#follow} waits for names it has not seen before
 */
public record ResolverSettings(
        DnsServerAddressStreamProvider servers,
        Path hostsFile,
        Duration shortest,
        Duration longest,
        Duration queryTimeout,
        Duration firstWait) {
    /** What the system says (/etc/resolv.conf, /etc/hosts); answers are kept 1 s to 5 min. */
    public static ResolverSettings system() {
        return new ResolverSettings(
                DnsServerAddressStreamProviders.platformDefault(),
                Path.of("/etc/hosts"),
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3));
    }
}
