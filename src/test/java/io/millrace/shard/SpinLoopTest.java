package io.millrace.shard;

import static io.millrace.testing.Eventually.eventually;
import static io.millrace.testing.Eventually.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.time.Timer;
import io.millrace.time.TimerWheel;
import io.millrace.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real loop that looks for more before it sleeps; owned by the test's thread. */
final class SpinLoopTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration FOR_LONG = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** More than a connection's beginning and end take without a search. */
    private static final int MANY_TURNS = 500;

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldSearchAfterAConnectionAndThenRest(Transport transport) throws Exception {
        Shard shard = start(transport, SHORT);
        try {
            connectTo(shard, transport).close();
            long turns = settled(shard::turns, Duration.ofMillis(100), PATIENCE);
            assertThat(turns).isGreaterThan(MANY_TURNS);
            assertThat(shard.spunNs()).isBetween(SHORT.toNanos() / 2, 20 * SHORT.toNanos());
        } finally {
            shard.stop().get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldSleepAtOnceUnlessAsked(Transport transport) throws Exception {
        Shard shard = start(transport, Duration.ZERO);
        try {
            connectTo(shard, transport).close();
            assertThat(settled(shard::turns, Duration.ofMillis(100), PATIENCE))
                    .isLessThan(MANY_TURNS);
            assertThat(shard.spunNs()).isZero();
        } finally {
            shard.stop().get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldObeyCommandsTicksAndTheEndWhileItSearches(Transport transport) throws Exception {
        Shard shard = start(transport, FOR_LONG);
        CountDownLatch expired = new CountDownLatch(1);
        try (Socket _ = connectTo(shard, transport);
                Ticker _ = Ticker.start(List.of(shard))) {
            eventually("it searches", () -> shard.turns() > MANY_TURNS);
            Timer timer = shard.timers().timer(_ -> expired.countDown());
            shard.execute(() -> timer.arm(shard.clock().nowNs() + TimerWheel.TICK_NS));
            assertThat(expired.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            shard.stop().get(10, TimeUnit.SECONDS);
        }
    }

    private static Shard start(Transport transport, Duration spin) {
        return Shard.start(0, Shard.UNPINNED, spin.toNanos(), transport.ioHandlerFactory());
    }

    private static Socket connectTo(Shard shard, Transport transport) throws Exception {
        var bound =
                new ServerBootstrap()
                        .group(shard.loop())
                        .channel(transport.serverChannel(false))
                        .childHandler(new ChannelInboundHandlerAdapter())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync();
        var address = (InetSocketAddress) bound.channel().localAddress();
        return new Socket(address.getAddress(), address.getPort());
    }
}
