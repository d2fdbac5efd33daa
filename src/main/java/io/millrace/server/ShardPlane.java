package io.millrace.server;

import io.millrace.config.SocketSpec;
import io.millrace.config.server.Steering;
import io.millrace.control.BindFailure;
import io.millrace.control.DataPlane;
import io.millrace.control.SocketText;
import io.millrace.downstream.Listener;
import io.millrace.shard.Shard;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.snapshot.Snapshot;
import io.millrace.transport.ReusePortGroup;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All shards together, as the conductor commands them; owned by the conductor's thread. */
final class ShardPlane implements DataPlane {
    private static final Logger LOG = LoggerFactory.getLogger(ShardPlane.class);

    /**
     * A shard that does not answer in this time is stuck, and no generation can be trusted to it.
     */
    private static final long ANSWER_SECONDS = 10;

    private final List<ShardRuntime> shards;
    private final Steering steering;

    ShardPlane(List<ShardRuntime> shards, Steering steering) {
        this.shards = shards;
        this.steering = steering;
    }

    @Override
    public void bind(ListenerSettings settings, SocketSpec where) throws BindFailure {
        boolean unixSocket = where instanceof SocketSpec.Unix;
        SocketAddress address = address(where, settings.name());
        List<Listener> made = new ArrayList<>();
        for (ShardRuntime shard : shards) {
            if (unixSocket && !made.isEmpty()) {
                // A path has one socket: the first shard accepts for all.
                made.add(shard.standBy(settings));
                continue;
            }
            ShardRuntime.BoundListener bound = shard.bind(settings, address, unixSocket);
            made.add(bound.listener());
            Throwable failure = bound.failure();
            if (failure != null) {
                made.forEach(Listener::close);
                throw new BindFailure(
                        "listeners."
                                + settings.name()
                                + ".bind: cannot bind "
                                + SocketText.of(where)
                                + ": "
                                + failure.getMessage(),
                        failure);
            }
            SocketAddress local = bound.listener().localAddress();
            if (local != null) {
                // With port 0 the kernel chooses for the first shard, and the others join it.
                address = local;
            }
        }
        if (!unixSocket) {
            steer(settings.name(), made);
        }
        Listener.join(made);
        for (int i = 0; i < made.size(); i++) {
            ShardRuntime shard = shards.get(i);
            Listener listener = made.get(i);
            await(
                    shard.ask(() -> {
                        shard.keep(listener);
                        return shard;
                    }));
        }
    }

    /** Has connections accepted on the CPU that they arrive on. */
    private void steer(String listener, List<Listener> bound) {
        if (steering != Steering.CPU || shards.size() == 1) {
            return;
        }
        List<Integer> cpus = new ArrayList<>();
        shards.forEach(shard -> cpus.add(shard.shard().cpu()));
        if (cpus.contains(Shard.UNPINNED)) {
            LOG.warn("listener {} is steered by hash: there are more shards than CPUs", listener);
            return;
        }
        List<Channel> sockets = new ArrayList<>();
        bound.forEach(socket -> sockets.add(Objects.requireNonNull(socket.channel())));
        try {
            ReusePortGroup.steerByCpu(sockets, cpus);
        } catch (ChannelException e) {
            LOG.warn("listener {} is steered by hash: {}", listener, e.getMessage());
        }
    }

    private static SocketAddress address(SocketSpec where, String listener) throws BindFailure {
        return switch (where) {
            case SocketSpec.Tcp tcp -> new InetSocketAddress(tcp.host(), tcp.port());
            case SocketSpec.Unix unix -> {
                UnixSocketPath path = new UnixSocketPath(unix.path());
                try {
                    path.makeRoom();
                } catch (IOException e) {
                    throw new BindFailure(
                            "listeners."
                                    + listener
                                    + ".bind: cannot bind "
                                    + SocketText.of(where)
                                    + ": "
                                    + e.getMessage(),
                            e);
                }
                yield path;
            }
        };
    }

    @Override
    public void rename(String from, ListenerSettings to) {
        all(shard -> shard.rename(from, to));
    }

    @Override
    public void discardBound() {
        all(ShardRuntime::discardBound);
    }

    @Override
    public void unbind(String listener) {
        all(shard -> shard.remove(listener));
    }

    @Override
    public void publish(Snapshot snapshot) {
        all(shard -> shard.onSnapshot(snapshot));
    }

    /** Runs a command on every shard and waits for the last. */
    void all(Consumer<ShardRuntime> command) {
        List<CompletableFuture<ShardRuntime>> answers = new ArrayList<>();
        for (ShardRuntime shard : shards) {
            answers.add(
                    shard.ask(() -> {
                        command.accept(shard);
                        return shard;
                    }));
        }
        answers.forEach(ShardPlane::await);
    }

    static <T> T await(CompletableFuture<T> answer) {
        return answer.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
    }
}
