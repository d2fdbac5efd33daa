package io.millrace.filter;

import io.millrace.filter.access.CidrTree;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * Refuses clients by their networks; immutable, safe from any thread.
 *
 * @param others whether a client is admitted that is in none of them; one of a Unix socket, which
 *     has no address, is such a client
 */
@HotPath
@OwnedBy(Role.ANY)
public record ClientNetworks(CidrTree networks, boolean others) implements Filter {
    @Override
    public String kind() {
        return "ipAccess";
    }

    @Override
    public Verdict onRequest(FilterRequest request) {
        boolean admitted =
                !request.hasAddress()
                        ? others
                        : switch (networks.verdict(request.clientHigh(), request.clientLow())) {
                            case ALLOW -> true;
                            case DENY -> false;
                            case NONE -> others;
                        };
        return admitted ? Verdict.NEXT : request.answer.error(Outcome.FORBIDDEN);
    }
}
