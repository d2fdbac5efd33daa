package io.millrace.transport;

import io.netty.channel.Channel;
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
 * taken by a call of our own: on every connection that a body was spliced from. While the channel
 * closes, it counts here as one that found nothing.
 *
 * <p>Only then: a channel that leaves its loop, to be spliced, has its reads cancelled too, but it
 * is to find whatever is there, and a read that had found nothing would not be asked for again.
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
        return ring.register(
                handle instanceof Channel.Unsafe unsafe
                        ? new QuietHandle((IoUringIoHandle) handle, unsafe.voidPromise().channel())
                        : handle);
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

    /** The completions of one channel; owned by one shard. */
    @SuppressWarnings("try") // Netty's signature of close().
    private static final class QuietHandle implements IoUringIoHandle {
        private static final byte IORING_OP_RECV = 27;
        private static final int ECANCELED = 125;

        private final IoUringIoHandle handle;
        private final Channel channel;
        private boolean loopEnds;

        QuietHandle(IoUringIoHandle handle, Channel channel) {
            this.handle = handle;
            this.channel = channel;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            IoUringIoEvent completion = (IoUringIoEvent) event;
            boolean cancelledRead =
                    completion.res() == -ECANCELED && completion.opcode() == IORING_OP_RECV;
            handle.handle(
                    registration, cancelledRead && isClosing() ? nothingRead(completion) : event);
        }

        /**
         * Netty does not say that a close is under way, but who cancels reads: a close, which has
         * the channel leave its loop only after they have completed, and leaving, which has it
         * count as gone before they have. (Switching automatic reading off is a third, and ours
         * never read automatically.) One that had left may be closed meanwhile, by us, see
         * Sockets.close(), or by the end of the loop.
         */
        private boolean isClosing() {
            return channel.isRegistered() || !channel.isOpen() || loopEnds;
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
            loopEnds = true;
            handle.close();
        }
    }
}
