package io.millrace.server;

import io.millrace.config.SocketSpec;
import io.millrace.control.BindFailure;
import io.millrace.control.DataPlane;
import io.millrace.control.SocketText;
import io.millrace.snapshot.ListenerSettings;
import io.millrace.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** All shards together, as the conductor commands them; owned by the conductor's thread. */
final class ShardPlane implements DataPlane {
    /**
     * A shard that does not answer in this time is stuck, and no generation can be trusted to it.
     */
    private static final long ANSWER_SECONDS = 10;

    private final List<ShardRuntime> shards;

    ShardPlane(List<ShardRuntime> shards) {
        this.shards = shards;
    }

    @Override
    public void bind(ListenerSettings settings, SocketSpec where) throws BindFailure {
        boolean unixSocket = where instanceof SocketSpec.Unix;
        SocketAddress address = address(where, settings.name());
        List<ShardRuntime.BoundListener> made = new ArrayList<>();
        for (ShardRuntime shard : shards) {
            if (unixSocket && !made.isEmpty()) {
                // A path has one socket: the first shard accepts for it.
                break;
            }
            ShardRuntime.BoundListener bound = shard.bind(settings, address, unixSocket);
            made.add(bound);
            Throwable failure = bound.failure();
            if (failure != null) {
                made.forEach(listener -> listener.listener().close());
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
        for (int i = 0; i < made.size(); i++) {
            ShardRuntime shard = shards.get(i);
            var listener = made.get(i).listener();
            await(
                    shard.ask(() -> {
                        shard.keep(listener);
                        return shard;
                    }));
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
