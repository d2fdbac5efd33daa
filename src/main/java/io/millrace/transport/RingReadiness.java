package io.millrace.transport;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;

/** Readiness by the ring's own poll operation (io_uring_enter(2)); owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class RingReadiness extends Readiness {
    private static final byte IORING_OP_POLL_ADD = 6;
    private static final byte IORING_OP_ASYNC_CANCEL = 14;
    private static final int NO_DESCRIPTOR = -1;
    private static final long NONE = 0;

    private final int fd;
    private final IoRegistration registration;
    private long pollId = NONE;

    RingReadiness(IoEventLoop loop, int fd, Listener listener) {
        super(listener);
        this.fd = fd;
        // On the loop's own thread the registration is complete at once.
        this.registration = loop.register(new Handle()).getNow();
    }

    @Override
    public void await(int mask) {
        if (pollId == NONE && !isClosed()) {
            pollId = registration.submit(operation(IORING_OP_POLL_ADD, fd, 0, mask));
        }
    }

    @Override
    void onClose() {
        if (pollId != NONE) {
            registration.submit(operation(IORING_OP_ASYNC_CANCEL, NO_DESCRIPTOR, pollId, 0));
        }
        // What is still outstanding completes into nothing.
        registration.cancel();
    }

    private static IoUringIoOps operation(byte opcode, int fd, long address, int pollMask) {
        return new IoUringIoOps(
                opcode, (byte) 0, (short) 0, fd, 0, address, 0, pollMask, 0L, (short) 0, (short) 0,
                0, 0);
    }

    private final class Handle implements IoUringIoHandle {
        @Override
        public void handle(IoRegistration from, IoEvent event) {
            IoUringIoEvent completion = (IoUringIoEvent) event;
            if (completion.opcode() != IORING_OP_POLL_ADD) {
                return;
            }
            pollId = NONE;
            if (!isClosed()) {
                int result = completion.res();
                listener.onReady(result < 0 ? HANG_UP : result);
            }
        }

        @Override
        public void close() {
            Readiness self = RingReadiness.this;
            self.close();
        }
    }
}
