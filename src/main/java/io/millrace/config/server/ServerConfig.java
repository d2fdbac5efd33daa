package io.millrace.config.server;

import io.millrace.config.files.FileServingConfig;
import io.millrace.config.option.Option;
import java.nio.file.Path;
import java.time.Duration;

/** Settings of the process; immutable, safe from any thread. */
public record ServerConfig(
        @Option(
                        doc =
                                "The kernel interface that moves the bytes. auto takes io_uring where it"
                                        + " works, else epoll, and the log says which and why.",
                        defaultValue = "auto",
                        reloadable = false)
                TransportChoice transport,
        @Option(
                        doc =
                                "How many shards, and on which CPUs: auto is one per CPU that the process"
                                        + " may use; a number is that many of them; a list such as \"0,2-5\""
                                        + " names CPUs (one CPU alone: \"3-3\").",
                        defaultValue = "auto",
                        reloadable = false)
                ShardsConfig shards,
        @Option(
                        doc =
                                "Which shard serves a new connection. cpu: the one on whose CPU it"
                                        + " arrived; pays where the network card has a queue per CPU. hash:"
                                        + " the one that a hash of its addresses says. Either gives it to"
                                        + " the shard with the fewest when it has many more than that, or"
                                        + " is far busier. none: as hash, and there it stays.",
                        defaultValue = "hash",
                        reloadable = false)
                Steering steering,
        @Option(
                        doc =
                                "How long a shard that has nothing to do looks for more before it sleeps:"
                                        + " spares the wake-up, and with it latency, at the price of CPU"
                                        + " time. It looks less often while it finds nothing. 0: it"
                                        + " sleeps at once.",
                        defaultValue = "0",
                        min = "0",
                        max = "50us",
                        example = "20us",
                        reloadable = false)
                Duration spin,
        @Option(
                        doc =
                                "The directory of the route table and the counters. It must be writable;"
                                        + " the last good table in it is served when this file is broken.",
                        defaultValue = "/var/lib/millrace",
                        reloadable = false)
                Path stateDirectory,
        @Option(
                        doc = "How long requests in flight may take to end after SIGTERM.",
                        defaultValue = "30s",
                        min = "0",
                        max = "1h")
                Duration drainTimeout,
        @Option(
                        doc =
                                "Where one JSON line per request goes: off, stdout, or the absolute path of"
                                        + " a file.",
                        defaultValue = "off",
                        pattern = "off|stdout|/.+",
                        patternHint = "off, stdout or an absolute path",
                        reloadable = false)
                String accessLog,
        @Option(doc = "Large bodies and tunnels, which are not copied.") SpliceConfig splice,
        @Option(doc = "Bounds of serving static files.") FileServingConfig files) {}
