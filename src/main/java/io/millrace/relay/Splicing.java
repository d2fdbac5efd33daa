package io.millrace.relay;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.transport.Readiness;
import io.millrace.transport.SystemCalls;
import io.millrace.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;

/** What all that is spliced on a shard shares; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
public final class Splicing {
    private final SystemCalls calls = new SystemCalls();
    private final PipePool pipes = new PipePool(calls, 0);
    private final EventLoop loop;
    private final Transport transport;

    /** For the channels of one loop; without a pipe yet. */
    public Splicing(EventLoop loop, Transport transport) {
        this.loop = loop;
        this.transport = transport;
    }

    /** The system calls of this shard. */
    public SystemCalls calls() {
        return calls;
    }

    /** The pipes of this shard. */
    public PipePool pipes() {
        return pipes;
    }

    EventLoop loop() {
        return loop;
    }

    /** Watches a descriptor of one of the loop's channels. */
    public Readiness watch(int descriptor, Readiness.Listener listener) {
        return Readiness.of((IoEventLoop) loop, transport, calls, descriptor, listener);
    }
}
