package io.millrace.shard;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Netty's event loop with a beginning and an end of each turn; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class ShardLoop extends SingleThreadIoEventLoop {
    private @Nullable Shard shard;

    ShardLoop(ThreadFactory threads, IoHandlerFactory ioHandlerFactory) {
        super(null, threads, ioHandlerFactory);
    }

    void attach(Shard shard) {
        this.shard = shard;
    }

    /** Whether the loop may not wait. */
    @Override
    protected boolean hasTasks() {
        Shard owner = shard;
        return super.hasTasks() || (owner != null && owner.hasWork());
    }

    @Override
    protected int runIo() {
        Shard owner = shard;
        if (owner == null) {
            return super.runIo();
        }
        owner.beforeTurn();
        int handled = super.runIo();
        owner.afterTurn(handled);
        return handled;
    }
}
