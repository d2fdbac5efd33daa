package io.millrace.proxy;

import io.millrace.downstream.ClientConnection;
import io.millrace.files.ByteRanges;
import io.millrace.files.Conditions;
import io.millrace.files.FileEntry;
import io.millrace.files.FileHead;
import io.millrace.files.FileLookup;
import io.millrace.files.FilePump;
import io.millrace.files.FileRequest;
import io.millrace.files.FileSite;
import io.millrace.files.FileWaiter;
import io.millrace.files.OpenFile;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.Timer;
import io.millrace.time.WallClock;
import io.millrace.transport.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one exchange whose route serves files; owned by one shard, used again for later
 * requests.
 *
 * <p>Look up (at once, or wait for a file thread), choose the coding, evaluate conditions and
 * ranges, write the head. A small file follows its head in the same buffer. For a large one the
 * head leaves through the channel first, and then the shard itself moves the file into the socket.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class FileResponse implements FileWaiter, FilePump.Owner, Timer.Listener {
    /** A file system that does not answer in this time is taken for one that is overloaded. */
    private static final long LOOKUP_NS = 10_000_000_000L;

    private static final int ALLOWED = 1 << MethodId.GET | 1 << MethodId.HEAD;

    private final Proxy proxy;
    private final Exchange exchange;
    private final ClientResponse response;
    private final ErrorReply reply;
    private final FileRequest request = new FileRequest();
    private final ByteRanges ranges = new ByteRanges();
    private final FilePump pump;
    private final Timer timer;

    private @Nullable ClientConnection client;
    private @Nullable FileSite site;
    private @Nullable FileLookup lookup;
    private @Nullable FileEntry entry;
    private @Nullable OpenFile file;

    /** What was found before it was this answer's turn. */
    private @Nullable FileEntry early;

    private boolean kept;
    private int fallbacks;
    private int status;
    private int part;
    private long boundary;

    /** Grows with each answer, so that a flush for an earlier one is not heard. */
    private int use;

    FileResponse(Proxy proxy, Exchange exchange, ClientResponse response, ErrorReply reply) {
        this.proxy = proxy;
        this.exchange = exchange;
        this.response = response;
        this.reply = reply;
        this.timer = proxy.shard().timers().timer(this);
        this.pump = new FilePump(proxy.splicing().calls(), proxy.files().threads(), this);
    }

    // ---- the story ----

    /** Begins; the exchange hears of the end, perhaps before this returns. */
    void begin(RequestHead head, ClientConnection from, int siteNumber) {
        client = from;
        use++;
        kept = false;
        fallbacks = 0;
        if ((ALLOWED >>> head.method & 1) == 0) {
            reply.allowedMethods = ALLOWED;
            end(Outcome.METHOD_NOT_ALLOWED);
            return;
        }
        FileSite of = proxy.files().cache().site(siteNumber);
        site = of;
        Router router = proxy.router();
        if (request.read(head, router.path(), router.pathOffset(), router.pathLength(), of)) {
            if (!response.isInTurn()) {
                keep();
            }
            lookUp();
        } else {
            end(Outcome.FILE_NOT_FOUND);
        }
    }

    private void lookUp() {
        FileEntry known = proxy.files().cache().find(request.key());
        if (known != null) {
            onFound(known);
            return;
        }
        lookup = proxy.files().cache().look(site(), request.key(), this);
        if (lookup == null) {
            end(Outcome.FILES_BUSY);
            return;
        }
        keep();
        timer.arm(proxy.shard().clock().nowNs() + LOOKUP_NS);
    }

    private void keep() {
        if (!kept) {
            kept = true;
            request.keep();
        }
    }

    /** The answers before this one have left. */
    void onTurn() {
        FileEntry found = early;
        if (found != null) {
            early = null;
            onFound(found);
            found.release();
        }
    }

    @Override
    public void onFile(FileEntry found) {
        lookup = null;
        timer.disarm();
        onFound(found);
    }

    private void onFound(FileEntry found) {
        if (!response.isInTurn()) {
            // What is sent goes straight to the socket.
            found.retain();
            early = found;
            return;
        }
        switch (found.kind()) {
            case FILE -> answer(found);
            case DIRECTORY -> {
                if (fallbacks == 0) {
                    redirect();
                } else {
                    fallBack();
                }
            }
            case MISSING -> fallBack();
            case BUSY -> end(Outcome.FILES_BUSY);
            case BROKEN -> end(Outcome.FILE_ERROR);
        }
    }

    private void fallBack() {
        if (fallbacks == site().fallbackCount()) {
            end(Outcome.FILE_NOT_FOUND);
        } else {
            request.fallBack(site(), fallbacks++);
            lookUp();
        }
    }

    private void answer(FileEntry found) {
        OpenFile chosen = request.choose(found);
        long nowSeconds = request.isConditional() ? WallClock.epochMillis() / 1000 : 0;
        switch (Conditions.evaluate(request, chosen, nowSeconds)) {
            case Conditions.NOT_MODIFIED -> notModified(found, chosen);
            case Conditions.FAILED -> end(Outcome.PRECONDITION_FAILED);
            default -> content(found, chosen, nowSeconds);
        }
    }

    private void content(FileEntry found, OpenFile chosen, long nowSeconds) {
        // Ranges are of GET alone (RFC 9110, section 14.2).
        boolean ranged = !reply.headRequest && Conditions.rangeCounts(request, chosen, nowSeconds);
        int asked = ranged ? ranges.read(request, chosen.size()) : ByteRanges.IGNORED;
        if (asked == ByteRanges.UNSATISFIABLE) {
            reply.unsatisfiedLength = chosen.size();
            end(Outcome.RANGE_NOT_SATISFIABLE);
            return;
        }
        status = asked == ByteRanges.PARTIAL ? 206 : 200;
        if (status == 200) {
            ranges.whole(chosen.size());
        }
        byte[] content = chosen.content();
        if (reply.headRequest) {
            response.send(head(found, chosen, 0));
            end(Outcome.FILE_SERVED);
        } else if (content != null) {
            response.send(inMemory(found, chosen, content));
            end(Outcome.FILE_SERVED);
        } else {
            found.retain();
            entry = found;
            file = chosen;
            part = 0;
            startPart(head(found, chosen, FileHead.separatorCapacity(chosen)));
        }
    }

    // ---- heads ----

    /** The head of a 200 or 206 in a buffer with so much room for more. */
    private ByteBuf head(FileEntry found, OpenFile chosen, int room) {
        FileSite of = site();
        ByteBuf out =
                client().allocate(FileHead.capacity(of, chosen) + response.editsLength() + room);
        byte[] date = proxy.dateLine();
        byte[] connection = connectionLine();
        FileHead heads = proxy.files().head();
        if (status == 200) {
            heads.whole(of, found, chosen, date, connection, out);
        } else if (ranges.count() == 1) {
            heads.part(of, found, chosen, ranges, date, connection, out);
        } else {
            boundary = heads.newBoundary();
            heads.parts(of, found, chosen, ranges, boundary, date, connection, out);
        }
        response.editHead(out, 0);
        return out;
    }

    private byte[] connectionLine() {
        return response.persistence(exchange.keepsAfterAnswer()).line();
    }

    private ByteBuf inMemory(FileEntry found, OpenFile chosen, byte[] content) {
        int count = ranges.count();
        int separators = count == 1 ? 0 : (count + 1) * FileHead.separatorCapacity(chosen);
        ByteBuf out = head(found, chosen, content.length + separators);
        for (int i = 0; i < count; i++) {
            if (count > 1) {
                proxy.files().head().separator(chosen, ranges, i, boundary, out);
            }
            out.writeBytes(content, (int) ranges.first(i), (int) ranges.length(i));
        }
        if (count > 1) {
            proxy.files().head().separator(chosen, ranges, count, boundary, out);
        }
        return out;
    }

    private void notModified(FileEntry found, OpenFile chosen) {
        status = Conditions.NOT_MODIFIED;
        ByteBuf out = client().allocate(FileHead.capacity(site(), chosen) + response.editsLength());
        proxy.files()
                .head()
                .notModified(site(), found, chosen, proxy.dateLine(), connectionLine(), out);
        response.editHead(out, 0);
        response.send(out);
        end(Outcome.FILE_SERVED);
    }

    private void redirect() {
        status = 301;
        ByteBuf out =
                client().allocate(
                                FileHead.redirectCapacity(site(), request)
                                        + response.editsLength());
        proxy.files().head().redirect(site(), request, proxy.dateLine(), connectionLine(), out);
        response.editHead(out, 0);
        response.send(out);
        end(Outcome.FILE_SERVED);
    }

    // ---- large files ----

    /** Sends what stands before a part, or behind the last one. */
    private void startPart(ByteBuf out) {
        boolean many = ranges.count() > 1;
        if (many) {
            proxy.files().head().separator(file(), ranges, part, boundary, out);
        }
        response.sendStarted(out);
        if (part == ranges.count()) {
            end(Outcome.FILE_SERVED);
            return;
        }
        armBodyTimeout();
        int current = use;
        client().channel()
                .writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(flushed -> {
                    if (use == current) {
                        onFlushed(flushed.isSuccess());
                    }
                });
    }

    private void onFlushed(boolean success) {
        if (!success) {
            client().fail();
            return;
        }
        if (!pump.isOpen()) {
            Channel channel = client().channel();
            pump.open(
                    Sockets.descriptor(channel),
                    Objects.requireNonNull(entry, "entry"),
                    file(),
                    proxy.splicing()::watch);
        }
        pump.send(ranges.first(part), ranges.length(part));
    }

    @Override
    public void onSent(long bytes) {
        response.onSpliced(bytes);
        armBodyTimeout();
    }

    private void armBodyTimeout() {
        timer.arm(proxy.shard().clock().nowNs() + client().settings().bodyTimeoutNs());
    }

    @Override
    public void onPumpEnd(FilePump.End how) {
        switch (how) {
            case COMPLETE -> {
                part++;
                if (ranges.count() == 1) {
                    end(Outcome.FILE_SERVED);
                } else {
                    startPart(client().allocate(FileHead.separatorCapacity(file())));
                }
            }
            // What is missing was promised: the connection is cut.
            case TRUNCATED, FILE_FAILED -> end(Outcome.FILE_TRUNCATED);
            case SOCKET_FAILED -> client().fail();
        }
    }

    // ---- endings ----

    /** The file system took too long, or else the client did. */
    @Override
    public void onDeadline(long nowNs) {
        if (lookup != null) {
            end(Outcome.FILES_BUSY);
        } else {
            exchange.onRequestFailed(Outcome.CLIENT_TIMEOUT);
        }
    }

    private void end(Outcome how) {
        cancel();
        exchange.onFileEnd(how, status);
    }

    /** Lets go of everything; the exchange hears nothing more. */
    void cancel() {
        use++;
        timer.disarm();
        request.forget();
        pump.close();
        if (lookup != null) {
            lookup.cancel(this);
            lookup = null;
        }
        if (entry != null) {
            entry.release();
            entry = null;
        }
        if (early != null) {
            early.release();
            early = null;
        }
        file = null;
        site = null;
        client = null;
    }

    private ClientConnection client() {
        return Objects.requireNonNull(client, "client");
    }

    private FileSite site() {
        return Objects.requireNonNull(site, "site");
    }

    private OpenFile file() {
        return Objects.requireNonNull(file, "file");
    }
}
