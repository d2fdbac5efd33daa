package io.millrace.route;

import io.millrace.config.RouteConfig;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All routes sorted into one tree per host, before they are written; used by the conductor. */
@OwnedBy(Role.CONDUCTOR)
final class RouteTree {
    /**
     * Most nodes and candidates that one look-up may visit within one host, whatever path is asked
     * for. Parameters beside literals on many levels double the work with each level; clients
     * choose the path, so a set of routes with which that could take long is refused.
     */
    static final int MAX_STEPS = 4096;

    private final Map<HostPattern, TreeNode> roots = new LinkedHashMap<>();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Set<HostPattern>> hosts = new ArrayList<>();
    private final List<RouteProblem> problems = new ArrayList<>();

    /** Builds the trees; routes whose path or hosts are bad are left out and reported. */
    RouteTree(List<RouteConfig> routes) {
        for (int i = 0; i < routes.size(); i++) {
            add(i, routes.get(i));
        }
        roots.forEach(this::seal);
    }

    Map<HostPattern, TreeNode> roots() {
        return roots;
    }

    Candidate candidate(int route) {
        return candidates.get(route);
    }

    Set<HostPattern> hosts(int route) {
        return hosts.get(route);
    }

    /** What is wrong with paths and hosts. */
    List<RouteProblem> problems() {
        return problems;
    }

    private void add(int index, RouteConfig route) {
        Candidate candidate = Candidate.of(index, route);
        Set<HostPattern> own = new LinkedHashSet<>();
        candidates.add(candidate);
        hosts.add(own);
        for (String host : route.hosts()) {
            report(index, "hosts", () -> own.add(HostPattern.parse(host)));
        }
        if (route.hosts().isEmpty()) {
            own.add(HostPattern.ANY);
        }
        report(
                index,
                "path",
                () -> {
                    PathPattern pattern = PathPattern.parse(route.path());
                    own.forEach(host -> root(host).add(pattern, candidate));
                });
    }

    private TreeNode root(HostPattern host) {
        return roots.computeIfAbsent(host, ignored -> new TreeNode());
    }

    private void seal(HostPattern host, TreeNode root) {
        if (root.seal() > MAX_STEPS) {
            int first = 0;
            while (!hosts.get(first).contains(host)) {
                first++;
            }
            problems.add(
                    new RouteProblem(
                            first,
                            "path",
                            "one request to host "
                                    + PathPattern.quote(host.toString())
                                    + " could visit more than "
                                    + MAX_STEPS
                                    + " places of its routes; use fewer parameters beside literals,"
                                    + " or fewer routes that differ only in their tests"));
        }
    }

    private void report(int route, String field, Runnable step) {
        try {
            step.run();
        } catch (IllegalArgumentException e) {
            problems.add(new RouteProblem(route, field, String.valueOf(e.getMessage())));
        }
    }
}
