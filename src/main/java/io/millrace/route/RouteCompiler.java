package io.millrace.route;

import io.millrace.config.RouteCheck;
import io.millrace.config.RouteConfig;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;

/** Turns routes into the image that {@link RouteTable} reads; used by the conductor. */
@OwnedBy(Role.CONDUCTOR)
public final class RouteCompiler {
    private RouteCompiler() {}

    /**
     * Compiles the routes; the same list always gives the same bytes.
     *
     * @param upstreamNames the upstreams by number; every upstream of a route is among them
     * @throws IllegalArgumentException with the first of {@link #problems}, if any
     */
    public static DirectBuffer compile(List<RouteConfig> routes, List<String> upstreamNames) {
        RouteTree tree = new RouteTree(routes);
        List<RouteProblem> problems = problems(routes, tree);
        problems.addAll(unknownUpstreams(routes, upstreamNames));
        if (!problems.isEmpty()) {
            RouteProblem first = problems.getFirst();
            throw new IllegalArgumentException(
                    "route \"" + routes.get(first.route()).name() + "\": " + first.message());
        }
        return new ImageWriter(routes, tree).write(upstreamNames);
    }

    /**
     * What is wrong with the routes: bad paths and hosts, and routes that can never win; by route.
     */
    public static List<RouteProblem> problems(List<RouteConfig> routes) {
        return problems(routes, new RouteTree(routes));
    }

    /**
     * The same for the loader of the configuration file: {@code RouteCompiler::findings} is its
     * check.
     */
    public static List<RouteCheck.Finding> findings(List<RouteConfig> routes) {
        return problems(routes).stream()
                .map(problem -> new RouteCheck.Finding(problem.route(), problem.message()))
                .toList();
    }

    private static List<RouteProblem> problems(List<RouteConfig> routes, RouteTree tree) {
        List<RouteProblem> problems = new ArrayList<>(tree.problems());
        problems.addAll(ShadowCheck.problems(routes, tree));
        problems.sort(Comparator.comparingInt(RouteProblem::route));
        return problems;
    }

    private static List<RouteProblem> unknownUpstreams(
            List<RouteConfig> routes, List<String> names) {
        Set<String> known = new HashSet<>(names);
        List<RouteProblem> problems = new ArrayList<>();
        for (int i = 0; i < routes.size(); i++) {
            String upstream = routes.get(i).upstream();
            if (upstream != null && !known.contains(upstream)) {
                problems.add(
                        new RouteProblem(
                                i, "upstream", "there is no upstream \"" + upstream + '"'));
            }
        }
        return problems;
    }
}
