package io.millrace.proxy;

import io.millrace.bytes.ByteWriter;
import io.millrace.downstream.ClientConnection;
import io.millrace.downstream.ClientIdentity;
import io.millrace.encode.ForwardedChain;
import io.millrace.encode.RequestId;
import io.millrace.filter.FilterChain;
import io.millrace.filter.FilterRequest;
import io.millrace.filter.Verdict;
import io.millrace.http.RequestHead;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.route.RouteMatch;
import io.millrace.snapshot.CidrSet;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** The filters' part of one exchange; owned by one shard, used again for later requests. */
@HotPath
@OwnedBy(Role.SHARD)
final class FilterStage {
    private final Proxy proxy;
    private final RequestId id;
    private final OriginAttempt attempt;
    private final ClientResponse response;
    private final ErrorReply reply;

    /** Made for the first request that meets a filter. */
    private @Nullable Asked asked;

    private Outcome outcome = Outcome.OK;

    FilterStage(
            Proxy proxy,
            RequestId id,
            OriginAttempt attempt,
            ClientResponse response,
            ErrorReply reply) {
        this.proxy = proxy;
        this.id = id;
        this.attempt = attempt;
        this.response = response;
        this.reply = reply;
    }

    /**
     * Passes a request whose route was just found through its chain, if it has one.
     *
     * @return whether it may go on; else {@link #outcome} is the answer
     */
    boolean passes(@Nullable RouteEntry route, RequestHead head, ClientConnection from) {
        return route == null || route.chain().isEmpty() || isPassed(route.chain(), head, from);
    }

    private boolean isPassed(FilterChain chain, RequestHead head, ClientConnection from) {
        Asked made = asked;
        if (made == null) {
            made = new Asked(new FilterRequest(proxy.filters()));
            asked = made;
        }
        FilterRequest request = made.request;
        made.begin(head, from, proxy.router(), id);
        boolean on = chain.onRequest(request) == Verdict.NEXT;
        request.end();
        attempt.edits(request.toOrigin);
        response.edits(request.toClient);
        if (!on) {
            outcome = request.answer.outcome;
            reply.take(request.answer);
        }
        return on;
    }

    /** What the request ends with that may not go on. */
    Outcome outcome() {
        return outcome;
    }

    /** What filters are asked with; owned by one shard. */
    private static final class Asked {
        final FilterRequest request;
        private final ByteWriter idWriter = new ByteWriter();
        private final UnsafeBuffer idText =
                new UnsafeBuffer(
                        BufferUtil.allocateDirectAligned(RequestId.MAXIMUM_LENGTH, Long.BYTES));

        Asked(FilterRequest request) {
            this.request = request;
        }

        void begin(RequestHead head, ClientConnection from, Router router, RequestId id) {
            who(head, from);
            request.path(router.path(), router.pathOffset(), router.pathLength());
            RouteMatch match = router.match();
            for (int i = 0; i < match.parameterCount; i++) {
                request.addParameter(match.parameterOffset(i), match.parameterLength(i));
            }
            idWriter.wrap(idText.addressOffset(), idText.capacity());
            id.write(idWriter);
            request.id(idText, idWriter.position());
        }

        /** Behind proxies that are trusted it is whom they name; to be told costs an object. */
        private void who(RequestHead head, ClientConnection from) {
            ClientIdentity identity = from.identity();
            CidrSet proxies = from.settings().trustedProxies();
            long named =
                    identity.isTrusted(proxies) ? ForwardedChain.firstUntrusted(head, proxies) : -1;
            if (named < 0) {
                request.begin(head, identity.addressText(), identity.addressBytes());
                return;
            }
            byte[] text = new byte[(int) named];
            head.bytes.getBytes((int) (named >>> Integer.SIZE), text);
            byte[] address =
                    NetUtil.createByteArrayFromIpAddressString(
                            new String(text, StandardCharsets.US_ASCII));
            request.begin(head, text, address == null ? identity.addressBytes() : address);
        }
    }
}
