package io.millrace.arch;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What each package may depend on, in reading order; a new package is added here by hand. */
final class PackageTable {
    /** Known to every package. */
    static final Set<String> FOR_ALL = Set.of("roles");

    /** The packages that run on shards and so never meet configuration or the control plane. */
    static final Set<String> DATA_PLANE =
            Set.of(
                    "downstream",
                    "http",
                    "http.h1",
                    "http.h2",
                    "proxy",
                    "encode",
                    "route",
                    "filter",
                    "filter.access",
                    "filter.limit",
                    "balance",
                    "upstream",
                    "relay",
                    "files",
                    "stream",
                    "sni",
                    "observe",
                    "snapshot",
                    "shard",
                    "transport",
                    "proxyprotocol",
                    "outcome",
                    "bytes",
                    "time");

    static final Set<String> CONTROL_PLANE = Set.of("config", "control", "admin", "store");

    /** Composition and command line: may use everything that is there. */
    static final Set<String> COMPOSITION = Set.of("", "server", "cli");

    /**
     * The stages whose tables are compiled from configuration: there, and only in classes that the
     * conductor owns, it may be read.
     */
    static final Set<String> COMPILED = Set.of("route", "filter", "balance");

    /** Of a shard's classes, only one with this ending may be known to the control plane. */
    static final String MAILBOX = "Mailbox";

    private static final Map<String, Set<String>> ALLOWED =
            Map.ofEntries(
                    // data plane
                    row(
                            "downstream",
                            "bytes http http.h1 http.h2 transport shard snapshot time outcome observe"
                                    + " proxyprotocol"),
                    row("http", "bytes outcome"),
                    row("http.h1", "http bytes outcome"),
                    row("http.h2", "http bytes time outcome"),
                    row(
                            "proxy",
                            "downstream encode http http.h1 route filter filter.limit balance upstream relay files"
                                    + " observe snapshot shard transport time outcome bytes"
                                    + " proxyprotocol"),
                    row("encode", "downstream filter http relay snapshot bytes"),
                    row("route", "http bytes outcome"),
                    row("filter", "filter.access filter.limit http bytes time outcome"),
                    row("filter.access", "http bytes time outcome"),
                    row("filter.limit", "bytes time outcome"),
                    row("balance", "time outcome bytes proxyprotocol"),
                    row(
                            "upstream",
                            "bytes http http.h1 http.h2 transport shard time outcome balance observe"
                                    + " proxyprotocol"),
                    row("relay", "http http.h1 bytes outcome shard time transport"),
                    row("files", "http bytes outcome time transport shard observe"),
                    row("sni", ""),
                    row(
                            "stream",
                            "downstream sni balance upstream relay observe snapshot shard transport"
                                    + " time outcome proxyprotocol"),
                    row("observe", "bytes time outcome http"),
                    // control plane
                    row(
                            "config",
                            "bytes config.files config.filters config.option config.server"
                                    + " config.syntax"),
                    row("config.doc", "config config.files config.option"),
                    row("config.files", "config.option"),
                    row("config.filters", "config.option config.syntax"),
                    row("config.option", ""),
                    row("config.server", "config.files config.option"),
                    row("config.syntax", "bytes config.option"),
                    row(
                            "control",
                            "config config.files config.filters config.option config.server config.syntax"
                                    + " snapshot route filter filter.access filter.limit"
                                    + " balance files sni control.health shard store observe time http outcome"
                                    + " proxyprotocol"),
                    row("control.health", "config balance transport time outcome"),
                    row("store", "bytes"),
                    row("admin", "control observe config http http.h1 transport outcome time"),
                    // foundation
                    row("snapshot", "http bytes route filter balance files sni proxyprotocol"),
                    row("shard", "time"),
                    row("transport", ""),
                    row("proxyprotocol", ""),
                    row("outcome", ""),
                    row("bytes", ""),
                    row("time", ""),
                    row("roles", ""));

    /** The packages of a library, and the only packages of ours that may know it. */
    static final Map<String, Set<String>> LIBRARY_OWNERS =
            Map.of(
                    "org.lmdbjava", Set.of("store"),
                    "net.openhft.affinity", Set.of("shard"),
                    "io.netty.channel.uring", Set.of("transport"),
                    "io.netty.channel.epoll", Set.of("transport"),
                    "tools.jackson.dataformat", Set.of("config"),
                    "org.snakeyaml", Set.of("config"),
                    "picocli", Set.of("cli", ""));

    private PackageTable() {}

    static boolean knows(String packageName) {
        return ALLOWED.containsKey(packageName) || COMPOSITION.contains(packageName);
    }

    /** Every package that has a row. */
    static Set<String> names() {
        return new TreeSet<>(ALLOWED.keySet());
    }

    static boolean allows(String from, String to) {
        return from.equals(to)
                || FOR_ALL.contains(to)
                || COMPOSITION.contains(from)
                || ALLOWED.getOrDefault(from, Set.of()).contains(to);
    }

    private static Map.Entry<String, Set<String>> row(String name, String mayUse) {
        return entry(name, mayUse.isEmpty() ? Set.of() : Set.of(mayUse.split(" ")));
    }
}
