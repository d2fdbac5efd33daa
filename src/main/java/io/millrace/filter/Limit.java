package io.millrace.filter;

import io.millrace.filter.access.CidrTree;
import io.millrace.filter.limit.Decision;
import io.millrace.filter.limit.RateLimit;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Admits requests at a rate, each key by itself; immutable, safe from any thread. */
@HotPath
@OwnedBy(Role.ANY)
public final class Limit implements Filter {
    private final RateLimit rate;
    private final LimitKey[] keys;
    private final CidrTree exempt;
    private final int cost;
    private final LimitFields fields;
    private final int status;
    private final byte @Nullable [] body;
    private final byte[] contentType;

    /**
     * A limit.
     *
     * @param exempt networks whose clients are not counted
     * @param refusal what a refused request is answered
     */
    public Limit(
            RateLimit rate,
            List<LimitKey> keys,
            CidrTree exempt,
            int cost,
            LimitFields fields,
            LimitRefusal refusal) {
        this.rate = rate;
        this.keys = keys.toArray(new LimitKey[0]);
        this.exempt = exempt;
        this.cost = cost;
        this.fields = fields;
        this.status = refusal.status();
        this.body = refusal.body();
        this.contentType = refusal.contentType();
    }

    @Override
    public String kind() {
        return "limits";
    }

    @Override
    public Verdict onRequest(FilterRequest request) {
        if (request.hasAddress()
                && exempt.verdict(request.clientHigh(), request.clientLow())
                        == io.millrace.filter.access.Verdict.ALLOW) {
            return Verdict.NEXT;
        }
        FilterShard shard = request.shard();
        shard.keys.begin(rate);
        for (LimitKey key : keys) {
            key.add(request, shard.keys);
        }
        Decision decision = shard.decision;
        boolean admitted =
                shard.cells.take(shard.keys.end(), rate, shard.epochNs(), cost, decision);
        fields.write(decision, request.toClient);
        if (admitted) {
            return Verdict.NEXT;
        }
        LimitFields.retryAfter(decision, request.toClient);
        FilterAnswer answer = request.answer;
        answer.error(Outcome.RATE_LIMITED);
        answer.status = status;
        answer.body = body;
        answer.contentType = contentType;
        return Verdict.ANSWER;
    }
}
