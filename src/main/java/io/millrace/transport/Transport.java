package io.millrace.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import org.jspecify.annotations.Nullable;

/** The native transports; owned by no thread (constants). */
public enum Transport {
    /** One ring per shard; reads hold no buffer before there is something to read. */
    IO_URING("io_uring"),
    /** Edge-triggered epoll, for kernels without io_uring or where it is forbidden. */
    EPOLL("epoll");

    /** Submission entries per ring; a turn that makes more submits early. */
    private static final int RING_SIZE = 4096;

    private final String label;

    Transport(String label) {
        this.label = label;
    }

    /** The name in configuration and logs. */
    public String label() {
        return label;
    }

    /** Why this transport cannot be used here, or null when it can. */
    public @Nullable Throwable unavailabilityCause() {
        return this == IO_URING ? IoUring.unavailabilityCause() : Epoll.unavailabilityCause();
    }

    /** Makes the part of an event loop that talks to the kernel. */
    public IoHandlerFactory ioHandlerFactory() {
        return this == IO_URING
                ? QuietRing.factory(
                        IoUringIoHandler.newFactory(
                                new IoUringIoHandlerConfig().setRingSize(RING_SIZE)))
                : KeptEpoll.factory(EpollIoHandler.newFactory());
    }

    /** The class of listening channels. */
    public Class<? extends ServerChannel> serverChannel(boolean unixSocket) {
        if (this == IO_URING) {
            return unixSocket
                    ? IoUringServerDomainSocketChannel.class
                    : IoUringServerSocketChannel.class;
        }
        return unixSocket ? EpollServerDomainSocketChannel.class : EpollServerSocketChannel.class;
    }

    /** The class of connecting channels. */
    public Class<? extends Channel> clientChannel(boolean unixSocket) {
        if (this == IO_URING) {
            return unixSocket ? IoUringDomainSocketChannel.class : IoUringSocketChannel.class;
        }
        return unixSocket ? EpollDomainSocketChannel.class : EpollSocketChannel.class;
    }

    /**
     * What belongs before all other handlers of a connection; each may be shared by the connections
     * of one shard.
     */
    public ChannelHandler firstHandler() {
        return this == IO_URING ? new HangUpDrain() : new Nothing();
    }

    @Sharable
    private static final class Nothing extends ChannelHandlerAdapter {}

    /** The option that lets every shard bind the same address. */
    public static ChannelOption<Boolean> reusePort() {
        return UnixChannelOption.SO_REUSEPORT;
    }
}
