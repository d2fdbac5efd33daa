package io.millrace.route;

import io.millrace.config.RouteConfig;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds routes that are the same as another or can never win; used by the conductor.
 *
 * <p>Only routes with the same host and the same shape of path can take each other's requests for
 * good: any other path that covers a route's is less specific and is asked after it. So each leaf
 * is looked at alone.
 */
@OwnedBy(Role.CONDUCTOR)
final class ShadowCheck {
    private final List<RouteConfig> routes;
    private final List<RouteProblem> problems = new ArrayList<>();
    private final int[] places;
    private final int[] lostPlaces;
    private final List<@Nullable Set<Integer>> winners = new ArrayList<>();
    private final boolean[] duplicate;

    private ShadowCheck(List<RouteConfig> routes) {
        this.routes = routes;
        places = new int[routes.size()];
        lostPlaces = new int[routes.size()];
        duplicate = new boolean[routes.size()];
        routes.forEach(route -> winners.add(null));
    }

    static List<RouteProblem> problems(List<RouteConfig> routes, RouteTree tree) {
        ShadowCheck check = new ShadowCheck(routes);
        tree.roots().forEach(check::visit);
        check.reportShadowed();
        return check.problems;
    }

    private void visit(HostPattern host, TreeNode node) {
        leaf(host, node.leaf);
        leaf(host, node.catchAll);
        node.literals().values().forEach(child -> visit(host, child));
        if (node.parameter != null) {
            visit(host, node.parameter);
        }
    }

    private void leaf(HostPattern host, List<Candidate> leaf) {
        for (int i = 0; i < leaf.size(); i++) {
            Candidate candidate = leaf.get(i);
            places[candidate.route()]++;
            if (i > 0 && candidate.isCoveredBy(leaf.subList(0, i))) {
                lost(host, candidate, leaf.subList(0, i));
            }
        }
    }

    private void lost(HostPattern host, Candidate candidate, List<Candidate> earlier) {
        int route = candidate.route();
        lostPlaces[route]++;
        for (Candidate other : earlier) {
            if (candidate.isCoveredBy(List.of(other))) {
                remember(route, other.route());
                if (other.asksTheSame(candidate)) {
                    reportDuplicate(host, route, other.route());
                }
                return;
            }
        }
        earlier.forEach(other -> remember(route, other.route()));
    }

    private void remember(int route, int winner) {
        Set<Integer> known = winners.get(route);
        if (known == null) {
            known = new TreeSet<>();
            winners.set(route, known);
        }
        known.add(winner);
    }

    private void reportDuplicate(HostPattern host, int route, int other) {
        if (!duplicate[route]) {
            duplicate[route] = true;
            String where =
                    host.kind() == HostPattern.Kind.DEFAULT ? "" : " on host \"" + host + '"';
            problems.add(
                    new RouteProblem(
                            route,
                            "path",
                            "path \""
                                    + routes.get(route).path()
                                    + "\" is the same as \""
                                    + routes.get(other).path()
                                    + "\" of route \""
                                    + routes.get(other).name()
                                    + '"'
                                    + where
                                    + ", with the same methods and tests; remove one or make them differ"));
        }
    }

    private void reportShadowed() {
        for (int route = 0; route < places.length; route++) {
            Set<Integer> known = winners.get(route);
            if (known != null && places[route] == lostPlaces[route] && !duplicate[route]) {
                StringBuilder names = new StringBuilder();
                for (int winner : known) {
                    names.append(names.isEmpty() ? "" : ", ")
                            .append('"')
                            .append(routes.get(winner).name())
                            .append('"');
                }
                problems.add(
                        new RouteProblem(
                                route,
                                "path",
                                "the route can never win: every request for \""
                                        + routes.get(route).path()
                                        + "\" that it would take is taken by the more specific "
                                        + (known.size() == 1 ? "route " : "routes ")
                                        + names));
            }
        }
    }
}
