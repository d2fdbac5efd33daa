package io.millrace.transport;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/**
 * Readiness by epoll(7); owned by one shard.
 *
 * <p>One epoll instance takes a descriptor once, and the channel's is in it already: so a duplicate
 * of it is watched.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class EpollReadiness extends Readiness {
    private static final int EPOLLONESHOT = 1 << 30;
    private static final EpollIoOps NEITHER = EpollIoOps.valueOf(EPOLLONESHOT);
    private static final EpollIoOps READ = EpollIoOps.valueOf(READABLE | EPOLLONESHOT);
    private static final EpollIoOps WRITE = EpollIoOps.valueOf(WRITABLE | EPOLLONESHOT);
    private static final EpollIoOps BOTH = EpollIoOps.valueOf(READABLE | WRITABLE | EPOLLONESHOT);

    private final SystemCalls calls;
    private final int duplicate;
    private final IoRegistration registration;

    EpollReadiness(IoEventLoop loop, SystemCalls calls, int fd, Listener listener) {
        super(listener);
        this.calls = calls;
        this.duplicate = calls.duplicate(fd);
        if (duplicate < 0) {
            throw new IllegalStateException("no descriptor to watch: errno " + -duplicate);
        }
        this.registration = loop.register(new Handle(new FileDescriptor(duplicate))).getNow();
    }

    @Override
    public void await(int mask) {
        if (!isClosed()) {
            registration.submit(
                    switch (mask & (READABLE | WRITABLE)) {
                        case 0 -> NEITHER;
                        case READABLE -> READ;
                        case WRITABLE -> WRITE;
                        default -> BOTH;
                    });
        }
    }

    @Override
    void onClose() {
        registration.cancel();
        calls.close(duplicate);
    }

    private final class Handle implements EpollIoHandle {
        private final FileDescriptor fd;

        Handle(FileDescriptor fd) {
            this.fd = fd;
        }

        @Override
        public FileDescriptor fd() {
            return fd;
        }

        @Override
        public void handle(IoRegistration from, IoEvent event) {
            if (!isClosed()) {
                listener.onReady(((EpollIoEvent) event).ops().value());
            }
        }

        @Override
        public void close() {
            Readiness self = EpollReadiness.this;
            self.close();
        }
    }
}
