package io.millrace.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll without a fault of 4.2.18: a socket for whose events nobody waits is taken out of
 * the epoll set, and the next wait for it fails with ENOENT; owned by one shard.
 *
 * <p>That is where a connection is whose peer has half-closed and whose answer meets a full socket
 * for the second time; Netty then shuts its output down. Here such a socket stays in the set, edge
 * triggered, so that errors and hang-ups, which epoll reports unasked, come once and not for ever.
 */
final class KeptEpoll implements IoHandler {
    private final IoHandler epoll;

    private KeptEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory factory(IoHandlerFactory epoll) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new KeptEpoll(epoll.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return epoll.isChangingThreadSupported();
            }
        };
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new KeptRegistration(epoll.register(handle));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    /** One socket's place in the epoll set; owned by one shard. */
    private static final class KeptRegistration implements IoRegistration {
        private final IoRegistration registration;
        private boolean added;

        KeptRegistration(IoRegistration registration) {
            this.registration = registration;
        }

        @Override
        public long submit(IoOps ops) {
            boolean none = EpollIoOps.NONE.equals(ops);
            if (none && added) {
                registration.submit(EpollIoOps.EPOLLET);
                return 0;
            }
            added |= !none;
            return registration.submit(ops);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature.
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
