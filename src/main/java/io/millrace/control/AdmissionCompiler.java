package io.millrace.control;

import io.millrace.config.filters.IpAccessConfig;
import io.millrace.config.filters.LimitConfig;
import io.millrace.config.syntax.Cidr;
import io.millrace.filter.ClientNetworks;
import io.millrace.filter.Limit;
import io.millrace.filter.LimitFields;
import io.millrace.filter.LimitKey;
import io.millrace.filter.LimitRefusal;
import io.millrace.filter.access.CidrTree;
import io.millrace.filter.access.CidrTreeBuilder;
import io.millrace.filter.access.Verdict;
import io.millrace.filter.limit.RateLimit;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.ByteBuffer;
import java.util.List;

/** Compiles the filters of one route that say who is admitted; used by the conductor. */
@OwnedBy(Role.CONDUCTOR)
final class AdmissionCompiler {
    private static final int IPV4_BYTES = 4;
    private static final int MAPPED = 0xffff;
    private static final int MAPPED_BITS = 96;

    private final String route;
    private final List<String> parameters;

    AdmissionCompiler(String route, List<String> parameters) {
        this.route = route;
        this.parameters = parameters;
    }

    static ClientNetworks networks(IpAccessConfig of) {
        return new ClientNetworks(tree(of.allow(), of.deny()), of.allow().isEmpty());
    }

    Limit limit(LimitConfig of) {
        RateLimit rate =
                RateLimit.tokenBucket(
                        of.name(),
                        of.rate().count().doubleValue(),
                        of.rate().per(),
                        of.burst(),
                        of.onFull() == LimitConfig.OnFull.ADMIT
                                ? RateLimit.OnFull.ADMIT
                                : RateLimit.OnFull.REFUSE);
        LimitFields fields =
                switch (of.rateLimitHeaders()) {
                    case OFF -> LimitFields.OFF;
                    case DRAFT -> LimitFields.draft(rate);
                    case LEGACY -> LimitFields.legacy(rate);
                };
        return new Limit(
                rate,
                of.key().stream().map(part -> key(part, of.ipv6Prefix())).toList(),
                tree(of.exempt(), List.of()),
                of.cost(),
                fields,
                new LimitRefusal(of.status(), of.body(), of.contentType()));
    }

    private LimitKey key(String part, int ipv6Prefix) {
        return switch (part) {
            case "client" -> new LimitKey.Client(ipv6Prefix);
            case "route" -> new LimitKey.Route(route);
            default -> {
                String name = part.substring(part.indexOf('.') + 1);
                yield part.startsWith("header.")
                        ? new LimitKey.Field(name)
                        : new LimitKey.PathParameter(parameters.indexOf(name));
            }
        };
    }

    private static CidrTree tree(List<Cidr> allow, List<Cidr> deny) {
        CidrTreeBuilder tree = new CidrTreeBuilder();
        allow.forEach(network -> add(network, Verdict.ALLOW, tree));
        deny.forEach(network -> add(network, Verdict.DENY, tree));
        return tree.build();
    }

    /** IPv4 is IPv4-mapped there. */
    private static void add(Cidr network, Verdict verdict, CidrTreeBuilder to) {
        byte[] address = network.address();
        boolean v4 = address.length == IPV4_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
        if (v4) {
            bytes.putLong(0).putInt(MAPPED);
        }
        bytes.put(address).flip();
        int prefix = network.prefixLength() + (v4 ? MAPPED_BITS : 0);
        to.add(bytes.getLong(), bytes.getLong(), prefix, verdict);
    }
}
