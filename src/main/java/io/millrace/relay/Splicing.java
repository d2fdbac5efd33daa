package io.millrace.relay;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.shard.Shard;
import io.millrace.transport.Readiness;
import io.millrace.transport.Sockets;
import io.millrace.transport.SystemCalls;
import io.millrace.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;

/** What all that is spliced on a shard shares; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
public final class Splicing {
    private final SystemCalls calls = new SystemCalls();
    private final PipePool pipes = new PipePool(calls, 0);
    private final ReadyQueue ready = new ReadyQueue(calls::movedBytes);
    private final EventLoop loop;
    private final Transport transport;

    /** For the channels of one shard; without a pipe yet. */
    public Splicing(Shard shard, Transport transport) {
        this.loop = shard.loop();
        this.transport = transport;
        shard.work(ready);
    }

    /** The system calls of this shard. */
    public SystemCalls calls() {
        return calls;
    }

    /** The pipes of this shard. */
    public PipePool pipes() {
        return pipes;
    }

    /** Puts a channel that was detached back on its loop. */
    public void attach(Channel channel) {
        Sockets.attach(loop, channel);
    }

    /**
     * Watches a descriptor of one of the loop's channels. The listener may hear of it a little
     * later, and even when it is not interested any more.
     */
    public Readiness watch(int descriptor, Readiness.Listener listener) {
        return Readiness.of(
                (IoEventLoop) loop, transport, calls, descriptor, ready.inTurn(listener));
    }
}
