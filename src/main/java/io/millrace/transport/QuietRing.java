package io.millrace.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's io_uring without a fault of 4.2.18: a connection whose close cancels a read begins to
 * poll for input again; owned by one shard.
 *
 * <p>AbstractIoUringChannel.readComplete() takes ECANCELED for a reason to ask once more, though
 * the channel is being closed. Mostly the task that deregisters the channel cancels that poll. But
 * where the cancelled poll for a hang-up completes after it, pollAddComplete() takes that for the
 * poll for input, for ECANCELED has the bits of both: then nobody cancels, and the kernel keeps the
 * connection open for as long as the ring. And a shard that is being stopped may be inside
 * IoUringIoHandler.prepareToDestroy() before that task runs: the operation submitted there with
 * IOSQE_IO_DRAIN waits for all before it and holds up all behind it (io_uring_enter(2)), so it
 * waits for the poll, and the cancellation for it.
 *
 * <p>A read waits in the kernel, so that it can be cancelled, when what was to be read has been
 * taken by a call of our own: on every connection that a body was spliced from. Here it counts as
 * one that found nothing. (A channel whose automatic reading is switched off would miss what was
 * asked for until then; ours never read automatically.)
 */
final class QuietRing implements IoHandler {
    private final IoHandler ring;

    private QuietRing(IoHandler ring) {
        this.ring = ring;
    }

    static IoHandlerFactory factory(IoHandlerFactory ring) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new QuietRing(ring.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return ring.isChangingThreadSupported();
            }
        };
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return ring.register(new QuietHandle((IoUringIoHandle) handle));
    }

    @Override
    public void initialize() {
        ring.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return ring.run(context);
    }

    @Override
    public void prepareToDestroy() {
        ring.prepareToDestroy();
    }

    @Override
    public void destroy() {
        ring.destroy();
    }

    @Override
    public void wakeup() {
        ring.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return ring.isCompatible(handleType);
    }

    /** One descriptor's completions; owned by one shard. */
    @SuppressWarnings("try") // Netty's signature of close().
    private record QuietHandle(IoUringIoHandle handle) implements IoUringIoHandle {
        private static final byte IORING_OP_RECV = 27;
        private static final int ECANCELED = 125;

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            IoUringIoEvent completion = (IoUringIoEvent) event;
            boolean cancelledRead =
                    completion.res() == -ECANCELED && completion.opcode() == IORING_OP_RECV;
            handle.handle(registration, cancelledRead ? nothingRead(completion) : event);
        }

        private static IoEvent nothingRead(IoUringIoEvent read) {
            return new IoUringIoEvent(
                    -SystemCalls.EAGAIN, read.flags(), read.opcode(), read.userData());
        }

        @Override
        public void registered() {
            handle.registered();
        }

        @Override
        public void unregistered() {
            handle.unregistered();
        }

        @Override
        public void close() throws Exception {
            handle.close();
        }
    }
}
