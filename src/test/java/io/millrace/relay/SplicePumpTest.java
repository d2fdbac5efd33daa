package io.millrace.relay;

import static io.millrace.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.relay.SplicePump.End;
import io.millrace.testing.HttpReader;
import io.millrace.testing.NoLeaks;
import io.millrace.transport.Readiness;
import io.millrace.transport.Sockets;
import io.millrace.transport.SystemCalls;
import io.millrace.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pump between two real sockets of one loop, on either transport. */
@ExtendWith(NoLeaks.class)
final class SplicePumpTest {
    private static final int LARGE = 5_000_011;

    private final SystemCalls calls = new SystemCalls();
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable MultiThreadIoEventLoopGroup group;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        if (group != null) {
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldMoveEveryByteInOrder(Transport transport) throws Exception {
        Pair pair = connect(transport);
        Recorder end = pair.start(LARGE);
        byte[] sent = random(LARGE);
        Thread.ofVirtual().start(() -> pair.send(sent));

        assertThat(pair.receive(LARGE)).isEqualTo(sent);
        assertThat(end.end()).isEqualTo(End.COMPLETE);
        assertThat(end.moved).hasValue(LARGE);
        assertThat(pair.ask(() -> pair.pool.inUse())).isZero();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldLeaveInTheSourceWhatIsBehindTheLength(Transport transport) throws Exception {
        Pair pair = connect(transport);
        pair.send(new byte[] {1, 2, 3, 4, 5});
        Recorder end = pair.start(3);

        assertThat(pair.receive(3)).containsExactly(1, 2, 3);
        assertThat(end.end()).isEqualTo(End.COMPLETE);
        Recorder rest = pair.start(2);
        assertThat(pair.receive(2)).containsExactly(4, 5);
        assertThat(rest.end()).isEqualTo(End.COMPLETE);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldTellThatTheSourceEnded(Transport transport) throws Exception {
        Pair pair = connect(transport);
        Recorder end = pair.start(SplicePump.UNTIL_END);
        pair.send(new byte[] {1, 2, 3});
        pair.from.shutdownOutput();

        assertThat(pair.receive(3)).containsExactly(1, 2, 3);
        assertThat(end.end()).isEqualTo(End.SOURCE_ENDED);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldPutWhatItMovesIntoChunks(Transport transport) throws Exception {
        Pair pair = connect(transport);
        Recorder end = pair.start(SplicePump.UNTIL_END, true);
        byte[] sent = random(LARGE);
        Thread.ofVirtual()
                .start(() -> {
                    pair.send(sent);
                    pair.finish();
                });

        assertThat(unchunk(pair.to.getInputStream(), LARGE)).isEqualTo(sent);
        assertThat(end.end()).isEqualTo(End.SOURCE_ENDED);
        assertThat(end.moved).hasValue(LARGE);
        assertThat(end.framed.get()).isBetween(10L, LARGE / 100L);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldNotMakeTheSinkWaitForTheEndOfAChunk(Transport transport) throws Exception {
        Pair pair = connect(transport);
        pair.start(SplicePump.UNTIL_END, true);
        for (int i = 0; i < 3; i++) {
            pair.send("0123456789abcdefg".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(pair.receive(23), StandardCharsets.US_ASCII))
                    .isEqualTo("11\r\n0123456789abcdefg\r\n");
        }
    }

    private static byte[] unchunk(InputStream wire, int length) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        HttpReader reader = new HttpReader(wire);
        while (data.size() < length) {
            StringBuilder line = new StringBuilder();
            for (int b = reader.readByte(); b != '\n'; b = reader.readByte()) {
                line.append((char) b);
            }
            data.write(reader.readExactly(Integer.parseInt(line.toString().strip(), 16)));
            assertThat(reader.readExactly(2)).containsExactly('\r', '\n');
        }
        return data.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldWaitForASinkThatDoesNotRead(Transport transport) throws Exception {
        Pair pair = connect(transport);
        Recorder end = pair.start(SplicePump.UNTIL_END);
        Thread sender = Thread.ofVirtual().start(() -> pair.send(random(64 << 20)));

        assertThat(end.sinkAwaited.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pair.ask(pair.pool::inUse)).isEqualTo(1);
        pair.to.setSoLinger(true, 0);
        pair.to.close();
        assertThat(end.end()).isEqualTo(End.SINK_FAILED);
        assertThat(pair.ask(pair.pool::inUse)).isZero();
        pair.from.close();
        sender.join();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldDrainThePipeAndNoMoreWhenFinished(Transport transport) throws Exception {
        Pair pair = connect(transport);
        Recorder end = pair.start(SplicePump.UNTIL_END);
        pair.send(new byte[] {7});
        assertThat(pair.receive(1)).containsExactly(7);
        pair.ask(() -> {
            pair.pump.finish();
            return 0;
        });

        assertThat(end.end()).isEqualTo(End.COMPLETE);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldHandBackWhatTheSinkCannotTake(Transport transport, @TempDir Path directory)
            throws Exception {
        Pair pair = connect(transport);
        pair.send(new byte[] {1, 2, 3});
        // splice(2): EINVAL for a file opened in append mode.
        int appending = appendingFile(directory.resolve("f"));
        Recorder end = pair.recorder;
        pair.ask(() ->
                pair.pump.start(
                        pair.sourceFd(),
                        appending,
                        SplicePump.UNTIL_END,
                        false,
                        pair::watchSourceOnly));

        assertThat(end.end()).isEqualTo(End.UNSUPPORTED);
        ByteBuf recovered = Objects.requireNonNull(end.rest);
        assertThat(recovered.readableBytes()).isEqualTo(3);
        recovered.release();
        assertThat(pair.ask(pair.pool::inUse)).isZero();
        calls.close(appending);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldStartNothingWithoutAPipe(Transport transport) throws Exception {
        Pair pair = connect(transport);
        PipePool none = new PipePool(calls, 0);
        SplicePump pump = new SplicePump(calls, none, pair.recorder);

        assertThat(
                        pair.ask(() ->
                                pump.start(
                                        pair.sourceFd(),
                                        pair.sinkFd(),
                                        1,
                                        false,
                                        pair::watchSourceOnly)))
                .isFalse();
        assertThat(pump.isRunning()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldGiveThePipeBackWhenNothingCanBeWatched(Transport transport) throws Exception {
        Pair pair = connect(transport);

        assertThat(
                        pair.ask(() ->
                                pair.pump.start(
                                        pair.sourceFd(),
                                        pair.sinkFd(),
                                        1,
                                        false,
                                        (_, _) -> {
                                            throw new IllegalStateException("EMFILE");
                                        })))
                .isFalse();
        assertThat(pair.pump.isRunning()).isFalse();
        assertThat(pair.ask(pair.pool::inUse)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldSendTheDetourFirstAndHoldNoPipeWhileItWaits(Transport transport) throws Exception {
        Pair pair = connect(transport);
        pair.detour.add(direct(1, 2, 3));
        pair.send(new byte[] {4, 5});
        pair.startWithDetour();

        assertThat(pair.receive(5)).containsExactly(1, 2, 3, 4, 5);
        assertThat(pair.ask(pair.pool::inUse)).isZero();
        pair.from.shutdownOutput();
        assertThat(pair.recorder.end()).isEqualTo(End.SOURCE_ENDED);
        assertThat(pair.recorder.detours).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldHoldNoPipeWhenTheSourceHadJustOneTurnsWorth(Transport transport) throws Exception {
        Pair pair = connect(transport);
        pair.startWithDetour();
        byte[] sent = random(PipePool.PIPE_BYTES);
        for (int i = 0; i < 50; i++) {
            pair.send(sent);
            assertThat(pair.receive(sent.length)).isEqualTo(sent);
            eventually("no pipe is held", () -> pair.ask(pair.pool::inUse) == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldTakeTheDetourWithoutAPipe(Transport transport) throws Exception {
        Pair pair = connect(transport);
        pair.pool.maximum(0);
        pair.startWithDetour();
        byte[] sent = random(LARGE);
        Thread.ofVirtual().start(() -> pair.send(sent));

        assertThat(pair.receive(LARGE)).isEqualTo(sent);
        assertThat(pair.ask(pair.detour::heldBytes)).isZero();
        assertThat(pair.recorder.moved).hasValue(LARGE);
        assertThat(pair.recorder.detours).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldGoOnThroughTheDetourWhenToldTo(Transport transport) throws Exception {
        Pair pair = connect(transport);
        pair.startWithDetour();
        byte[] sent = random(LARGE);
        Thread.ofVirtual().start(() -> pair.send(sent));
        byte[] first = pair.receive(LARGE / 2);
        pair.ask(() -> {
            pair.detouring.takeDetour();
            return 0;
        });
        byte[] second = pair.receive(LARGE - LARGE / 2);
        pair.from.shutdownOutput();

        assertThat(first).isEqualTo(Arrays.copyOf(sent, LARGE / 2));
        assertThat(second).isEqualTo(Arrays.copyOfRange(sent, LARGE / 2, LARGE));
        assertThat(pair.recorder.end()).isEqualTo(End.SOURCE_ENDED);
        assertThat(pair.ask(pair.pool::inUse)).isZero();
    }

    private static ByteBuf direct(int... values) {
        ByteBuf bytes = Unpooled.directBuffer();
        for (int value : values) {
            bytes.writeByte(value);
        }
        return bytes;
    }

    private int appendingFile(Path path) throws IOException {
        opened.add(new FileOutputStream(path.toFile(), true));
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            int found =
                    all.filter(descriptor -> pointsTo(descriptor, path))
                            .mapToInt(fd -> Integer.parseInt(fd.getFileName().toString()))
                            .max()
                            .orElseThrow();
            return calls.duplicate(found);
        }
    }

    private static boolean pointsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file.toRealPath());
        } catch (IOException _) {
            return false;
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private Pair connect(Transport transport) throws Exception {
        MultiThreadIoEventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(1, transport.ioHandlerFactory());
        group = loops;
        Channel listening =
                new ServerBootstrap()
                        .group(loops)
                        .channel(transport.serverChannel(false))
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(
                                new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public boolean isSharable() {
                                        return true;
                                    }

                                    @Override
                                    public void channelActive(ChannelHandlerContext ctx) {
                                        accepted.add(ctx.channel());
                                    }
                                })
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sync()
                        .channel();
        InetSocketAddress address = (InetSocketAddress) listening.localAddress();
        Socket from = new Socket(address.getAddress(), address.getPort());
        Channel source = accepted.take();
        Socket to = new Socket(address.getAddress(), address.getPort());
        Channel sink = accepted.take();
        opened.add(from);
        opened.add(to);
        CompletableFuture<Void> detached = new CompletableFuture<>();
        source.eventLoop().execute(() -> Sockets.detach(source, _ -> detached.complete(null)));
        detached.get(10, TimeUnit.SECONDS);
        return new Pair(transport, from, to, source, sink);
    }

    /** What the pump told. */
    private static final class Recorder implements SplicePump.Owner {
        final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
        final CompletableFuture<Boolean> sinkAwaited = new CompletableFuture<>();
        final AtomicLong moved = new AtomicLong();
        final AtomicInteger detours = new AtomicInteger();
        final AtomicLong framed = new AtomicLong();
        @Nullable ByteBuf rest;

        End end() throws InterruptedException {
            End end = ends.poll(10, TimeUnit.SECONDS);
            assertThat(end).isNotNull();
            return end;
        }

        @Override
        public void onMoved(long bytes) {
            moved.addAndGet(bytes);
        }

        @Override
        public void onFramed(long bytes) {
            framed.addAndGet(bytes);
        }

        @Override
        public void onWait(boolean forSink) {
            if (forSink) {
                sinkAwaited.complete(true);
            }
        }

        @Override
        public void onDetour() {
            detours.incrementAndGet();
        }

        @Override
        public ByteBuf restBuffer() {
            ByteBuf made = Unpooled.directBuffer();
            rest = made;
            return made;
        }

        @Override
        public void onPumpEnd(End end) {
            ends.add(end);
        }
    }

    private final class Pair {
        final Transport transport;
        final Socket from;
        final Socket to;
        final Channel source;
        final Channel sink;
        final PipePool pool = new PipePool(calls, 4);
        final Recorder recorder = new Recorder();
        final SplicePump pump = new SplicePump(calls, pool, recorder);
        final Detour detour = new Detour();
        final SplicePump detouring = new SplicePump(calls, pool, recorder, detour);

        Pair(Transport transport, Socket from, Socket to, Channel source, Channel sink) {
            this.transport = transport;
            this.from = from;
            this.to = to;
            this.source = source;
            this.sink = sink;
            opened.add(() ->
                    ask(() -> {
                        pump.abort();
                        detouring.abort();
                        detour.release();
                        pool.close();
                        Sockets.close(source);
                        Sockets.close(sink);
                        return 0;
                    }));
        }

        int sourceFd() {
            return Sockets.descriptor(source);
        }

        int sinkFd() {
            return Sockets.descriptor(sink);
        }

        Recorder start(long length) throws Exception {
            return start(length, false);
        }

        Recorder start(long length, boolean inChunks) throws Exception {
            assertThat(ask(() -> pump.start(sourceFd(), sinkFd(), length, inChunks, this::watch)))
                    .isTrue();
            return recorder;
        }

        void startWithDetour() throws Exception {
            ask(() -> {
                assertThat(detouring.open(sourceFd(), sinkFd(), this::watch)).isTrue();
                detouring.start(SplicePump.UNTIL_END);
                return 0;
            });
        }

        Readiness watch(int fd, Readiness.Listener listener) {
            return Readiness.of((IoEventLoop) source.eventLoop(), transport, calls, fd, listener);
        }

        /** A file is always ready, and epoll refuses to watch one. */
        Readiness watchSourceOnly(int fd, Readiness.Listener listener) {
            return watch(sourceFd(), listener);
        }

        void send(byte[] bytes) {
            try {
                from.getOutputStream().write(bytes);
            } catch (IOException _) {
                // the pair was closed on purpose
            }
        }

        void finish() {
            try {
                from.shutdownOutput();
            } catch (IOException _) {
                // the pair was closed on purpose
            }
        }

        byte[] receive(int length) throws IOException {
            InputStream in = to.getInputStream();
            byte[] bytes = new byte[length];
            new DataInputStream(in).readFully(bytes);
            return bytes;
        }

        <T> T ask(Callable<T> question) throws Exception {
            return source.eventLoop().submit(question).get(10, TimeUnit.SECONDS);
        }
    }
}
