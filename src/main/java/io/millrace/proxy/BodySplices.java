package io.millrace.proxy;

import io.millrace.downstream.ClientConnection;
import io.millrace.observe.ShardMetric;
import io.millrace.outcome.Outcome;
import io.millrace.relay.SplicePump;
import io.millrace.relay.SplicePump.End;
import io.millrace.relay.SplicedBody;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.Timer;
import io.millrace.upstream.OriginConnection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The large bodies of one exchange, which pass from socket to socket inside the kernel; owned by
 * one shard.
 *
 * <p>What a body is worth splicing is decided here; what becomes of the exchange is left to it.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class BodySplices {
    /**
     * How many times the threshold must have come of a body of unknown length: 1 MiB by default.
     * Decision 0009 has the figures.
     */
    private static final int UNKNOWN_LENGTH_SHARE = 16;

    private final Proxy proxy;
    private final Exchange exchange;
    private final RequestAccount account;
    private final ClientResponse response;
    private final Timer timer;
    private @Nullable Upload upload;
    private @Nullable Download download;

    BodySplices(
            Proxy proxy,
            Exchange exchange,
            RequestAccount account,
            ClientResponse response,
            Timer timer) {
        this.proxy = proxy;
        this.exchange = exchange;
        this.account = account;
        this.response = response;
        this.timer = timer;
    }

    /** Takes over the rest of a response's body if that pays; nothing is read of it any more. */
    boolean download(OriginConnection from, ClientConnection to) {
        Channel sink = to.spliceSink();
        if (sink == null || !isWorthIt(expectedBytes(from))) {
            return false;
        }
        Download made = download;
        if (made == null) {
            made = new Download();
            download = made;
        }
        made.start(from, to, sink);
        return true;
    }

    /** Takes over the rest of a request's body if that pays; nothing is read of it any more. */
    boolean upload(ClientConnection from, OriginConnection to) {
        Channel sink = to.spliceSink();
        if (sink == null || !isWorthIt(from.bytesToSplice())) {
            return false;
        }
        Upload made = upload;
        if (made == null) {
            made = new Upload();
            upload = made;
        }
        made.start(from, to, sink);
        return true;
    }

    /** A body of unknown length is taken to be worth it when a good deal of it has come. */
    private long expectedBytes(OriginConnection from) {
        long known = from.bytesToSplice();
        return known == SplicePump.UNTIL_END
                ? response.copiedBodyBytes() / UNKNOWN_LENGTH_SHARE
                : known;
    }

    private boolean isWorthIt(long bytes) {
        return bytes > proxy.spliceThresholdBytes();
    }

    boolean isDownloading() {
        return download != null && download.body.isActive();
    }

    boolean isUploading() {
        return upload != null && upload.body.isActive();
    }

    /** Whether bytes that came after all, while the upload began, may still go the other way. */
    boolean takesStragglers() {
        return upload != null && upload.body.isDetaching();
    }

    /** The answer overtakes the request: what follows of it is copied, so that both can go on. */
    void finishUpload() {
        if (upload != null) {
            upload.body.finish();
        }
    }

    /** Stops both; their connections are closed by whoever gave up. */
    void abort() {
        if (isDownloading()) {
            Objects.requireNonNull(download).body.abort();
            countPipes();
        }
        if (isUploading()) {
            Upload given = Objects.requireNonNull(upload);
            given.body.abort();
            given.client().loan().end();
            countPipes();
        }
    }

    private void countPipes() {
        proxy.counters().set(ShardMetric.PIPES_IN_USE, proxy.splicing().pipes().inUse());
    }

    /**
     * Something was moved, so whoever was waited for has had its time. Waiting anew is told; where
     * only a turn was over nobody is waited for but the shard, and that for as long as both sides
     * are faster.
     */
    private void awaitNobody(ClientConnection client) {
        timer.disarm();
        client.disarmTimeout();
    }

    private void count(End end) {
        countPipes();
        if (end == End.UNSUPPORTED) {
            proxy.counters().add(ShardMetric.SPLICE_FALLBACKS, 1);
        }
    }

    /** From the origin to the client; owned by one shard. */
    private final class Download implements SplicedBody.Owner {
        final SplicedBody body = new SplicedBody(proxy.splicing(), this);
        private @Nullable OriginConnection origin;
        private @Nullable ClientConnection client;

        void start(OriginConnection from, ClientConnection to, Channel sink) {
            origin = from;
            client = to;
            body.start(from.lend(), sink, response.isChunking());
        }

        @Override
        public long bytesToSplice() {
            return origin().bytesToSplice();
        }

        @Override
        public void onSpliced(long bytes) {
            proxy.counters().add(ShardMetric.SPLICED_BYTES, bytes);
            origin().spliced(bytes);
            response.onSpliced(bytes);
            awaitNobody(client());
        }

        @Override
        public void onSplicedFraming(long bytes) {
            response.onSpliced(bytes);
        }

        @Override
        public void onSpliceWait(boolean forSink) {
            countPipes();
            if (forSink) {
                timer.disarm();
                client().awaitTaken();
            } else {
                client().disarmTimeout();
                exchange.armResponseTimeout();
            }
        }

        @Override
        public void onSpliceEnd(End end, @Nullable ByteBuf rest) {
            count(end);
            OriginConnection from = origin();
            ClientConnection to = client();
            origin = null;
            client = null;
            to.disarmTimeout();
            switch (end) {
                case COMPLETE -> from.takeBack(false);
                case SOURCE_ENDED -> from.takeBack(true);
                case SOURCE_FAILED -> from.fail(Outcome.BODY_INCOMPLETE);
                case SINK_FAILED -> to.fail();
                case UNSUPPORTED -> {
                    from.loan().refuse();
                    to.loan().refuse();
                    copy(from, rest);
                }
            }
        }

        private void copy(OriginConnection from, @Nullable ByteBuf rest) {
            if (rest != null) {
                from.spliced(rest.readableBytes());
                response.restOfSpliced(rest, body.isInChunk());
            }
            from.takeBack(false);
        }

        private OriginConnection origin() {
            return Objects.requireNonNull(origin, "origin");
        }

        private ClientConnection client() {
            return Objects.requireNonNull(client, "client");
        }
    }

    /** From the client to the origin; owned by one shard. */
    private final class Upload implements SplicedBody.Owner {
        final SplicedBody body = new SplicedBody(proxy.splicing(), this);
        private @Nullable OriginConnection origin;
        private @Nullable ClientConnection client;

        void start(ClientConnection from, OriginConnection to, Channel sink) {
            origin = to;
            client = from;
            body.start(from.loan().begin(), sink, false);
        }

        @Override
        public long bytesToSplice() {
            return client().bytesToSplice();
        }

        @Override
        public void onSpliced(long bytes) {
            proxy.counters().add(ShardMetric.SPLICED_BYTES, bytes);
            client().spliced(bytes);
            account.onSpliced(bytes);
            awaitNobody(client());
        }

        @Override
        public void onSplicedFraming(long bytes) {
            throw new IllegalStateException("a request is not put into chunks");
        }

        @Override
        public void onSpliceWait(boolean forSink) {
            countPipes();
            if (forSink) {
                client().disarmTimeout();
                exchange.armResponseTimeout();
            } else {
                timer.disarm();
                client().armBodyTimeout();
            }
        }

        @Override
        public void onSpliceEnd(End end, @Nullable ByteBuf rest) {
            count(end);
            ClientConnection from = client();
            OriginConnection to = Objects.requireNonNull(origin, "origin");
            origin = null;
            client = null;
            timer.disarm();
            switch (end) {
                case COMPLETE -> from.takeBack(false);
                case SOURCE_ENDED, SOURCE_FAILED -> from.takeBack(true);
                // What it answered, if anything, is still read; else the time-out ends it.
                case SINK_FAILED -> exchange.armResponseTimeout();
                case UNSUPPORTED -> {
                    from.loan().refuse();
                    to.loan().refuse();
                    if (rest != null) {
                        from.spliced(rest.readableBytes());
                        account.onBody(rest.readableBytes());
                        to.send(rest);
                    }
                    from.takeBack(false);
                }
            }
        }

        private ClientConnection client() {
            return Objects.requireNonNull(client, "client");
        }
    }
}
