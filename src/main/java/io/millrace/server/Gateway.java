package io.millrace.server;

import io.millrace.admin.AdminServer;
import io.millrace.admin.AdminView;
import io.millrace.config.ConfigLoader;
import io.millrace.config.ConfigResult;
import io.millrace.config.GatewayConfig;
import io.millrace.config.server.ServerConfig;
import io.millrace.config.server.Steering;
import io.millrace.control.Conductor;
import io.millrace.control.ConfigWatcher;
import io.millrace.control.EndpointResolver;
import io.millrace.control.ResolverSettings;
import io.millrace.control.RouteShadows;
import io.millrace.control.SiteCompiler;
import io.millrace.control.SocketText;
import io.millrace.downstream.Spread;
import io.millrace.files.FileThreads;
import io.millrace.filter.limit.LimitCells;
import io.millrace.observe.AccessLogRing;
import io.millrace.observe.AccessLogWriter;
import io.millrace.observe.MetricsReader;
import io.millrace.observe.ShardCounters;
import io.millrace.shard.Shard;
import io.millrace.shard.Ticker;
import io.millrace.store.Generation;
import io.millrace.store.StoreException;
import io.millrace.store.TableStore;
import io.millrace.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gateway: builds everything once, in the order below, and takes it down in the opposite
 * one; safe from any thread.
 */
public final class Gateway implements AutoCloseable {
    /**
     * A shard ends within two seconds, unless Netty's handler waits in the kernel for an operation
     * that never completes: that has been seen under io_uring, and must not keep the process.
     */
    private static final long SHARD_STOP_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    /**
     * Room for the tables; the file is sparse, and a generation of a million routes takes 200 MiB.
     */
    private static final long STORE_BYTES = 4L << 30;

    private final Path configFile;
    private final Teardown teardown;
    private final Path directory;
    private final Transport transport;
    private final Path counters;
    private final List<ShardRuntime> shards = new ArrayList<>();
    private final List<Integer> cpus;
    private final Spread spread;
    private final ShardPlane plane;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ScheduledExecutorService conductorThread =
            Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "conductor");
                thread.setDaemon(true);
                return thread;
            });
    private volatile AdminView.Readiness readiness = new AdminView.Readiness(false, "starting");
    private @Nullable Conductor conductor;
    private @Nullable AdminServer admin;
    private @Nullable ConfigWatcher watcher;

    /**
     * Starts a gateway and returns when it serves.
     *
     * @throws StartException when it cannot, with a message for the operator
     */
    public static Gateway start(Path configFile, GatewayOptions options) {
        ConfigResult loaded = ConfigLoader.load(configFile, RouteShadows.CHECK);
        GatewayConfig config = loaded.config();
        Path state = options.stateDirectory();
        if (config != null) {
            TableStore store =
                    openStore(
                            state == null
                                    ? StateDirectory.usable(config.server().stateDirectory())
                                    : state);
            return launch(configFile, options, loaded, store, null);
        }
        String problems = problems(loaded);
        if (options.strict()) {
            throw new StartException(StartException.WRONG_CONFIGURATION, problems);
        }
        return startStored(configFile, options, state == null ? stateOf(loaded) : state, problems);
    }

    /** Where a file that is wrong elsewhere says that state lies. */
    private static Path stateOf(ConfigResult wrong) {
        String written = wrong.written("server.stateDirectory");
        boolean absolute = written != null && written.startsWith("/");
        return StateDirectory.usable(absolute ? Path.of(written) : StateDirectory.DEFAULT);
    }

    /** The file is of no use, so the last good generation is served, loudly. */
    private static Gateway startStored(
            Path configFile, GatewayOptions options, Path state, String problems) {
        TableStore store = null;
        Generation generation;
        try {
            store = TableStore.open(state, STORE_BYTES);
            generation = store.read();
        } catch (StoreException e) {
            if (store != null) {
                store.close();
            }
            throw new StartException(
                    StartException.WRONG_CONFIGURATION,
                    problems + "\nand the earlier generation cannot be read: " + e.getMessage());
        }
        if (generation == null) {
            store.close();
            throw new StartException(
                    StartException.WRONG_CONFIGURATION,
                    problems + "\nand there is no earlier generation in " + state);
        }
        ConfigResult stored =
                ConfigLoader.parse("generation " + generation.number(), generation.configText());
        if (stored.config() == null) {
            String also = problems(stored);
            generation.close();
            store.close();
            throw new StartException(StartException.WRONG_CONFIGURATION, problems + "\n" + also);
        }
        LOG.error(
                "{} cannot be used; serving generation {} from {} instead:\n{}",
                configFile,
                generation.number(),
                state,
                problems);
        return launch(configFile, options, stored, store, generation);
    }

    private static Gateway launch(
            Path configFile,
            GatewayOptions options,
            ConfigResult loaded,
            TableStore store,
            @Nullable Generation stored) {
        GatewayConfig config = Objects.requireNonNull(loaded.config(), "a valid configuration");
        Path state = options.stateDirectory();
        Path directory =
                state == null ? StateDirectory.usable(config.server().stateDirectory()) : state;
        Teardown teardown = new Teardown();
        teardown.add(store::close);
        try {
            teardown.add(StateLock.take(directory)::close);
            Transport transport = Transports.choose(config.server().transport());
            Gateway gateway =
                    new Gateway(configFile, teardown, transport, directory, config.server());
            gateway.open(config, store);
            boolean serving = gateway.conducted(() -> gateway.serve(loaded, stored));
            if (!serving) {
                throw new StartException(
                        StartException.CANNOT_START, "the gateway cannot start; see the log above");
            }
            gateway.onServing(config);
            return gateway;
        } catch (StartException e) {
            teardown.close();
            throw e;
        } catch (RuntimeException e) {
            teardown.close();
            LOG.debug("the start failed", e);
            throw new StartException(
                    StartException.CANNOT_START, "the gateway cannot start: " + e.getMessage());
        }
    }

    private static TableStore openStore(Path state) {
        try {
            return TableStore.open(state, STORE_BYTES);
        } catch (StoreException e) {
            throw new StartException(
                    StartException.CANNOT_START,
                    e.getMessage()
                            + "\nserver.stateDirectory must be a directory that can be written");
        }
    }

    private static String problems(ConfigResult loaded) {
        StringBuilder text = new StringBuilder();
        loaded.problems().forEach(problem -> text.append(problem).append('\n'));
        return text.toString().stripTrailing();
    }

    private Gateway(
            Path configFile,
            Teardown teardown,
            Transport transport,
            Path directory,
            ServerConfig server) {
        this.configFile = configFile;
        this.teardown = teardown;
        this.transport = transport;
        this.directory = directory;
        this.counters = CounterDirectory.of(directory);
        this.cpus = Cpus.assign(server.shards());
        this.spread = new Spread(cpus.size(), server.steering() != Steering.NONE);
        this.plane = new ShardPlane(shards, server.steering());
    }

    /** Builds the parts in the order in which they need each other. */
    private void open(GatewayConfig config, TableStore store) {
        // The mapped generation is given back when no shard can read it any more.
        teardown.add(this::closeConductor);
        List<AccessLogRing> rings = startShards(config.server());
        Ticker ticker = Ticker.start(shards.stream().map(ShardRuntime::shard).toList());
        teardown.add(ticker::close);
        teardown.add(conductorThread::shutdownNow);
        EndpointResolver names =
                EndpointResolver.start(
                        ResolverSettings.system(),
                        addresses -> conductorThread.execute(() -> onAddresses(addresses)));
        teardown.add(names::close);
        Conductor made = new Conductor(store, plane, names);
        conductor = made;
        AccessLogWriter accessLog = AccessLogs.start(config.server().accessLog(), rings);
        if (accessLog != null) {
            teardown.add(accessLog::close);
        }
        openAdmin(config, made);
    }

    private List<AccessLogRing> startShards(ServerConfig server) {
        // Ended after the shards, which leave them what is to be closed.
        FileThreads files = FileThreads.start(SiteCompiler.bounds(server.files()));
        teardown.add(files::close);
        LimitCells limits = LimitState.open(directory);
        teardown.add(limits::close);
        boolean logged = !AccessLogs.OFF.equals(server.accessLog());
        List<AccessLogRing> rings = new ArrayList<>();
        for (int i = 0; i < cpus.size(); i++) {
            ShardCounters ofShard = ShardCounters.create(counters, i);
            teardown.add(ofShard::close);
            Shard shard =
                    Shard.start(
                            i, cpus.get(i), server.spin().toNanos(), transport.ioHandlerFactory());
            teardown.add(() -> shard.stop().get(SHARD_STOP_SECONDS, TimeUnit.SECONDS));
            AccessLogRing ring =
                    logged ? new AccessLogRing(AccessLogRing.DEFAULT_CAPACITY, ofShard) : null;
            if (ring != null) {
                rings.add(ring);
            }
            shards.add(new ShardRuntime(shard, spread, transport, ofShard, files, ring, limits));
        }
        return rings;
    }

    private void openAdmin(GatewayConfig config, Conductor from) {
        GatewayView view = new GatewayView(from, () -> readiness, transport.label(), shards.size());
        try {
            AdminServer made =
                    AdminServer.start(config.admin().bind(), view, new MetricsReader(counters));
            admin = made;
            teardown.add(made::close);
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException(
                    StartException.CANNOT_START,
                    "admin.bind: cannot bind "
                            + SocketText.of(config.admin().bind())
                            + ": "
                            + e.getMessage());
        }
    }

    private boolean serve(ConfigResult loaded, @Nullable Generation stored) {
        return stored == null ? conductor().apply(loaded) : conductor().adoptStored(loaded, stored);
    }

    private Conductor conductor() {
        return Objects.requireNonNull(conductor, "conductor");
    }

    private void closeConductor() {
        Conductor open = conductor;
        if (open != null) {
            open.close();
        }
    }

    private void onAddresses(Map<String, List<InetAddress>> addresses) {
        try {
            conductor().onAddresses(addresses);
        } catch (RuntimeException e) {
            LOG.error("the endpoints' new addresses could not be taken over", e);
        }
    }

    /** Reloads when the file changes; without a directory to watch, only HUP does. */
    private void watch() {
        try {
            watcher = ConfigWatcher.start(configFile, this::reload);
        } catch (IOException e) {
            LOG.warn("{} is not watched for changes: {}", configFile, e.getMessage());
        }
    }

    private void onServing(GatewayConfig config) {
        ShardSampler sampler = new ShardSampler(shards, spread);
        conductorThread.scheduleAtFixedRate(sampler::sample, 1, 1, TimeUnit.SECONDS);
        readiness = new AdminView.Readiness(true, "serving");
        watch();
        config.listeners()
                .forEach((name, listener) ->
                        LOG.info(
                                "listener {} on {}, {} shard(s) on CPU(s) {}, transport {}",
                                name,
                                socketAddress(name),
                                shards.size(),
                                cpus,
                                transport.label()));
        LOG.info("admin on http://{}", SocketText.of(config.admin().bind()));
    }

    /** Where a listener is bound. */
    public SocketAddress socketAddress(String listener) {
        SocketAddress address = ShardPlane.await(shards.getFirst().ask(() -> addressOf(listener)));
        if (address == null) {
            throw new IllegalArgumentException("there is no listener " + listener);
        }
        return address;
    }

    private @Nullable SocketAddress addressOf(String listener) {
        return shards.getFirst().address(listener);
    }

    /** Where a TCP listener is bound. */
    public InetSocketAddress address(String listener) {
        return (InetSocketAddress) socketAddress(listener);
    }

    /** Where the admin pages are. */
    public InetSocketAddress adminAddress() {
        return Objects.requireNonNull(admin, "admin").address();
    }

    /** Reads the file again; whether it is in force now. */
    public boolean reload() {
        if (closing.get()) {
            LOG.warn("{} is not reloaded: the gateway is being stopped", configFile);
            return false;
        }
        LOG.info("reloading {}", configFile);
        return conducted(() -> {
            boolean applied = conductor().apply(ConfigLoader.load(configFile, RouteShadows.CHECK));
            if (!applied) {
                LOG.error("{} is not applied; the generation before stays", configFile);
            }
            return applied;
        });
    }

    private <T> T conducted(Callable<T> command) {
        Future<T> done = conductorThread.submit(command);
        try {
            return done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the conductor", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Returns when the gateway has been closed. */
    public void await() throws InterruptedException {
        closed.await();
    }

    /**
     * Drains and stops: not ready, answers carry {@code Connection: close}, idle connections are
     * closed, listeners last. Takes no longer than {@code server.drainTimeout}.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        readiness = new AdminView.Readiness(false, "draining");
        GatewayConfig config = conductor().config();
        long drainMs = config == null ? 0 : config.server().drainTimeout().toMillis();
        Drain drain = new Drain(shards, drainMs);
        drain.announce();
        closeWatcher();
        plane.all(ShardRuntime::drain);
        InFlight left = drain.await();
        plane.all(ShardRuntime::closeListeners);
        if (left.hasClients()) {
            LOG.warn("server.drainTimeout is over; {} are cut", left);
        }
        plane.all(ShardRuntime::closeAll);
        teardown.close();
        LOG.info("stopped");
        closed.countDown();
    }

    private void closeWatcher() {
        ConfigWatcher watching = watcher;
        if (watching != null) {
            try {
                watching.close();
            } catch (IOException e) {
                LOG.warn("the watch on {} did not end properly", configFile, e);
            }
        }
    }
}
