package io.millrace.proxy;

import io.millrace.downstream.ClientConnection;
import io.millrace.downstream.RequestSink;
import io.millrace.encode.RequestId;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import io.millrace.http.ResponseHead;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.route.RouteTable;
import io.millrace.time.Timer;
import io.millrace.upstream.OriginConnection;
import io.millrace.upstream.ResponseFraming;
import io.millrace.upstream.ResponseSink;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to its log line; owned by one shard, used again for later requests.
 *
 * <p>{@link #advance} tells the story: route, balance, acquire, forward, then events carry the
 * response through relay to finish. Whatever goes wrong before the client has got a byte leads to
 * reply.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class Exchange implements RequestSink, ResponseSink, Timer.Listener {
    /** A connect that times out is reported as such, not as a wait for the pool. */
    private static final long CONNECT_GRACE_NS = 100_000_000L;

    private final Proxy proxy;
    private final Timer timer;
    private final RequestId id = new RequestId();
    private final ErrorReply reply = new ErrorReply(id);
    private final ClientResponse response = new ClientResponse();
    private final RequestAccount account;
    private final BodySplices splices;
    private final FileResponse files;
    private final OriginAttempt attempt;
    private final Routing routing;
    private final FilterStage filters;

    private Phase phase = Phase.FREE;
    private boolean advancing;
    private @Nullable ClientConnection client;
    private @Nullable RequestHead head;
    private @Nullable OriginConnection origin;
    private @Nullable RouteEntry routeEntry;

    private Outcome outcome = Outcome.OK;
    private int method;
    private int status;
    private boolean clientKeepsAlive;
    private boolean requestHasBody;
    private boolean requestComplete;
    private boolean expectsContinue;
    private boolean clientFailed;
    private boolean keepAlive;

    /** Whether it takes a connection that nobody shares. */
    private boolean exclusive;

    Exchange(Proxy proxy) {
        this.proxy = proxy;
        this.timer = proxy.shard().timers().timer(this);
        this.account = new RequestAccount(proxy, id);
        this.splices = new BodySplices(proxy, this, account, response, timer);
        this.files = new FileResponse(proxy, this, response, reply);
        this.attempt = new OriginAttempt(proxy, this, id);
        this.routing = new Routing(proxy, reply);
        this.filters = new FilterStage(proxy, id, attempt, response, reply);
    }

    // ---- the story ----

    private void advance() {
        if (advancing) {
            return;
        }
        advancing = true;
        boolean more = true;
        while (more) {
            more =
                    switch (phase) {
                        case ROUTE -> route();
                        case BALANCE -> balance();
                        case ACQUIRE -> acquire();
                        case FORWARD -> forward();
                        case REPLY -> reply();
                        case FINISH -> finish();
                        case QUEUE, RESPONSE, RELAY, FILE, TURN, FREE -> false;
                    };
        }
        advancing = false;
    }

    void open(ClientConnection connection, boolean inTurn) {
        client = connection;
        phase = Phase.ROUTE;
        outcome = Outcome.OK;
        method = MethodId.OTHER;
        status = 0;
        clientKeepsAlive = false;
        requestHasBody = false;
        requestComplete = true;
        clientFailed = false;
        response.open(connection, inTurn);
        keepAlive = false;
        exclusive = false;
        attempt.open();
        routing.open();
        reply.reset();
        account.open();
    }

    void refuse(Outcome why) {
        refuse(why, ErrorReply.OWN_MESSAGE);
    }

    /** Answers what is no request at all. */
    void refuse(Outcome why, byte[] message) {
        id.generate(proxy.ids());
        endWith(why, message);
        advance();
    }

    @Override
    public void onRequestHead(RequestHead received) {
        head = received;
        method = received.method;
        response.minorVersion(received.minorVersion);
        clientKeepsAlive = received.keepAlive;
        requestHasBody = received.hasBody();
        requestComplete = !requestHasBody;
        expectsContinue = received.expectContinue && requestHasBody;
        account.onHead(received);
        reply.onHead(received);
        id.assign(
                received,
                client().identity().isTrusted(client().settings().trustedProxies()),
                proxy.ids());
        advance();
        head = null;
    }

    private boolean route() {
        Outcome missed = routing.find(head(), client());
        if (missed != null) {
            return endWith(missed, routing.message());
        }
        routeEntry = routing.entry();
        return filters.passes(routeEntry, head(), client())
                ? dispatch()
                : endWith(filters.outcome());
    }

    /** To an origin, to a file, or to an answer of our own. */
    private boolean dispatch() {
        int upstream = routing.upstream();
        if (upstream < 0) {
            int site = routing.site();
            return site < 0 ? respond() : serveFile(site);
        }
        attempt.take(routing.tables().cluster(upstream));
        phase = Phase.BALANCE;
        return true;
    }

    /** A fixed answer out of the route image, or that to OPTIONS. */
    private boolean respond() {
        RouteTable routes = routing.tables().routes();
        int route = routing.route();
        status = route == LocalReply.OPTIONS ? 204 : routes.respondStatus(route);
        reply.persistence = response.persistence(keepsAfterAnswer());
        proxy.localReply().respond(routes, route, reply, response, proxy.dateLine());
        outcome = Outcome.RESPONDED;
        phase = Phase.FINISH;
        return true;
    }

    /** The answer is made by {@link FileResponse}, at once or when a file thread has answered. */
    private boolean serveFile(int site) {
        phase = Phase.FILE;
        files.begin(head(), client(), site);
        return phase != Phase.FILE;
    }

    /** The file was sent; or else the outcome says what is answered, or that it was cut. */
    void onFileEnd(Outcome how, int answered) {
        status = answered;
        outcome = how;
        phase = how.status() == 0 ? Phase.FINISH : Phase.REPLY;
        advance();
    }

    private boolean balance() {
        if (!attempt.pick()) {
            return endWith(Outcome.NO_ENDPOINT);
        }
        exclusive = !attempt.isShareable(method, requestHasBody);
        if (exclusive && !response.isInTurn() && !attempt.isMoved()) {
            phase = Phase.QUEUE;
            return !encodeEarly();
        }
        phase = Phase.ACQUIRE;
        return true;
    }

    private boolean acquire() {
        long waitNs = attempt.acquire(client(), method, !exclusive) + CONNECT_GRACE_NS;
        if (phase != Phase.ACQUIRE || !encodeEarly()) {
            return true;
        }
        timer.arm(proxy.shard().clock().nowNs() + waitNs);
        return false;
    }

    /** The received head is there during its call only: what is sent later is encoded now. */
    private boolean encodeEarly() {
        if (head == null || attempt.encodeEarly(head, client())) {
            return true;
        }
        leaveUpstream();
        endWith(Outcome.INTERNAL_ERROR);
        return false;
    }

    @Override
    public boolean letsReadAhead() {
        return !exclusive;
    }

    void onConnection(OriginConnection connection) {
        origin = connection;
        connection.begin(this, method == MethodId.HEAD, client().identity());
        phase = Phase.FORWARD;
        advance();
    }

    void onUnavailable(Outcome why) {
        fail(why);
        advance();
    }

    private boolean forward() {
        OriginConnection to = origin();
        boolean repeatable = !requestHasBody && MethodId.isIdempotent(method);
        if (!attempt.write(to, head, client(), repeatable)) {
            origin = null;
            to.withdraw();
            return endWith(Outcome.INTERNAL_ERROR);
        }
        phase = Phase.RESPONSE;
        if (requestComplete || expectsContinue) {
            armResponseTimeout();
        } else {
            timer.disarm();
        }
        if (!requestComplete) {
            client().resumeBody();
        }
        // A body that is refused at once has already ended the exchange.
        return phase != Phase.RESPONSE;
    }

    private boolean reply() {
        attempt.forget();
        keepAlive = keepsAfterAnswer() && outcome.leavesFramingSound() && !clientFailed;
        reply.outcome = outcome;
        reply.persistence = response.persistence(keepAlive);
        status = reply.status();
        proxy.localReply().error(reply, response, proxy.dateLine());
        phase = Phase.FINISH;
        return true;
    }

    /** Accounts for the exchange and gives the connection back to its next request. */
    private boolean finish() {
        timer.disarm();
        if (!response.isInTurn() && !clientFailed) {
            phase = Phase.TURN;
            return false;
        }
        ClientConnection to = client();
        account.close(to, routeEntry, attempt, method, status, response, outcome);
        boolean keep = keepAlive;
        boolean cut = response.isCloseDelimited() && outcome != Outcome.OK;
        boolean truncated = outcome.truncates();
        boolean gone = clientFailed && outcome.status() == 0;
        attempt.end();
        response.release();
        client = null;
        head = null;
        origin = null;
        routeEntry = null;
        phase = Phase.FREE;
        advancing = false;
        proxy.recycle(this);
        // From here on this object may already serve another request.
        if (gone) {
            return false;
        }
        if (cut) {
            to.abort();
        } else if (truncated) {
            to.endTruncated();
        } else {
            to.endResponse(keep);
        }
        return false;
    }

    @Override
    public void onTurn() {
        response.onTurn();
        if (phase == Phase.TURN) {
            phase = Phase.FINISH;
            advance();
        } else if (phase == Phase.QUEUE) {
            phase = Phase.ACQUIRE;
            advance();
        } else if (phase == Phase.FILE) {
            files.onTurn();
        } else {
            onClientWritabilityChanged(client().isWritable());
        }
    }

    // ---- the request's body ----

    @Override
    public boolean wantsBody() {
        return (phase == Phase.RESPONSE || phase == Phase.RELAY)
                && origin != null
                && (splices.isUploading() ? splices.takesStragglers() : origin.isWritable());
    }

    @Override
    public boolean takesRestOfBody() {
        return phase == Phase.RESPONSE && !expectsContinue && splices.upload(client(), origin());
    }

    @Override
    public void onRequestBody(ByteBuf wireBytes) {
        account.onBody(wireBytes.readableBytes());
        if (expectsContinue) {
            expectsContinue = false;
            timer.disarm();
        }
        origin().send(wireBytes);
    }

    @Override
    public void onRequestEnd() {
        requestComplete = true;
        if (phase == Phase.RESPONSE || client().isWritable()) {
            armResponseTimeout();
        }
    }

    @Override
    public void onRequestFailed(Outcome why) {
        clientFailed = true;
        leaveUpstream();
        if (why.status() != 0 && !response.hasStarted()) {
            endWith(why);
            advance();
            return;
        }
        outcome = why.status() == 0 ? why : Outcome.CLIENT_TIMEOUT;
        ClientConnection from = client();
        phase = Phase.FINISH;
        advance();
        from.abort();
    }

    @Override
    public void onOriginWritabilityChanged(boolean writable) {
        if (requestComplete || splices.isUploading()) {
            return;
        }
        // An origin that neither reads nor answers has no more time than one that does not answer.
        timer.arm(writable ? Long.MAX_VALUE : attempt.responseDeadlineNs());
        if (writable) {
            client().resumeBody();
        }
    }

    // ---- the response ----

    @Override
    public void onInformational(ResponseHead received) {
        response.informational(received, proxy.responseEncoder());
    }

    @Override
    public boolean onResponseHead(
            ResponseHead received, ResponseFraming framing, int bodyAvailable) {
        phase = Phase.RELAY;
        attempt.forget();
        splices.finishUpload();
        status = received.status;
        if (expectsContinue && status < 300) {
            // It is the client's turn: nothing holds its body back any more.
            expectsContinue = false;
            timer.disarm();
            client().armBodyTimeout();
        }
        keepAlive =
                clientKeepsAlive
                        && response.delimits(framing)
                        // A success may begin before the request ends; an early refusal ends both.
                        && (requestComplete || received.status < 300)
                        && client().canKeepAlive(this);
        return response.start(
                received,
                framing,
                bodyAvailable,
                response.persistence(keepAlive),
                proxy.responseEncoder(),
                proxy.dateLine());
    }

    @Override
    public void onResponseBody(ByteBuf wireBytes) {
        response.body(wireBytes);
    }

    @Override
    public void onResponseBytes(ByteBuf in, int length) {
        response.bytes(in, length);
    }

    @Override
    public void onResponsePause() {
        boolean passesUnseen = response.canSplice() && response.isInTurn() && requestComplete;
        if (passesUnseen && splices.download(origin(), client())) {
            return;
        }
        if (!response.isWritable()) {
            origin().pause();
            timer.disarm();
        } else if (isOriginAwaited()) {
            armResponseTimeout();
        }
    }

    /**
     * An answer that began before the request's end may wait for the rest of the request; not so
     * that of an origin that does not take it.
     */
    private boolean isOriginAwaited() {
        return requestComplete || expectsContinue || !origin().isWritable();
    }

    @Override
    public void onClientWritabilityChanged(boolean writable) {
        if (phase != Phase.RELAY || origin == null || splices.isDownloading()) {
            return;
        }
        if (writable) {
            if (isOriginAwaited()) {
                armResponseTimeout();
            }
            origin.resume();
        } else {
            timer.disarm();
            origin.pause();
        }
    }

    @Override
    public void onResponseEnd() {
        response.end();
        OriginConnection done = origin();
        origin = null;
        boolean whole = requestComplete && !splices.isDownloading();
        splices.abort();
        if (whole) {
            done.release();
        } else {
            // The answer overtook the request, whose rest has nowhere to go; or the origin ended
            // while its channel was being lent.
            done.abort(this);
        }
        phase = Phase.FINISH;
        advance();
    }

    @Override
    public void onReassigned(ByteBuf request) {
        if (requestHasBody || attempt.isMoved()) {
            onOriginFailed(Outcome.UPSTREAM_CLOSED, request);
        } else {
            origin = null;
            attempt.move(request);
            phase = Phase.BALANCE;
            advance();
        }
    }

    @Override
    public void onOriginFailed(Outcome why, @Nullable ByteBuf request) {
        origin = null;
        attempt.keep(request);
        splices.abort();
        if (response.hasStarted()) {
            truncate(why);
        } else {
            fail(why);
        }
        advance();
    }

    private void truncate(Outcome why) {
        outcome = why == Outcome.BODY_TIMEOUT ? why : Outcome.BODY_INCOMPLETE;
        phase = Phase.FINISH;
    }

    @Override
    public void onDeadline(long nowNs) {
        switch (phase) {
            case ACQUIRE -> {
                attempt.cluster().counters().poolTimeout();
                leaveUpstream();
                endWith(Outcome.POOL_TIMEOUT);
            }
            case RESPONSE -> {
                leaveUpstream();
                endWith(Outcome.RESPONSE_TIMEOUT);
            }
            case RELAY -> {
                leaveUpstream();
                truncate(Outcome.BODY_TIMEOUT);
            }
            case FREE, ROUTE, BALANCE, QUEUE, FORWARD, FILE, REPLY, FINISH, TURN -> {}
        }
        advance();
    }

    /** Tries another connection where that is safe, else answers with the failure. */
    private void fail(Outcome why) {
        if (attempt.retry(why, head != null)) {
            phase = Phase.BALANCE;
        } else {
            endWith(why);
        }
    }

    private boolean endWith(Outcome why) {
        return endWith(why, ErrorReply.OWN_MESSAGE);
    }

    private boolean endWith(Outcome why, byte[] message) {
        outcome = why;
        reply.message = message;
        phase = Phase.REPLY;
        return true;
    }

    /** Lets go of whatever this exchange holds or waits for on the origin's side. */
    private void leaveUpstream() {
        splices.abort();
        files.cancel();
        attempt.cancel();
        OriginConnection held = origin;
        origin = null;
        if (held != null) {
            held.abort(this);
        }
    }

    /** It is the origin that is waited for. */
    void armResponseTimeout() {
        timer.arm(attempt.responseDeadlineNs());
    }

    /** For an answer of our own: whether the connection is kept. */
    boolean keepsAfterAnswer() {
        keepAlive = clientKeepsAlive && client().canKeepAlive(this) && client().canDropRest();
        return keepAlive;
    }

    private ClientConnection client() {
        return Objects.requireNonNull(client, "client");
    }

    private RequestHead head() {
        return Objects.requireNonNull(head, "head");
    }

    private OriginConnection origin() {
        return Objects.requireNonNull(origin, "origin");
    }
}
