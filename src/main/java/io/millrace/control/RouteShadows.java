package io.millrace.control;

import io.millrace.config.RouteCheck;
import io.millrace.config.RouteConfig;
import io.millrace.route.RouteCompiler;
import java.util.List;

/**
 * Lets the configuration ask the route compiler for routes that can never win; safe from any
 * thread.
 */
public final class RouteShadows {
    /** The check to load configuration files with. */
    public static final RouteCheck CHECK = RouteShadows::check;

    private RouteShadows() {}

    private static List<RouteCheck.Finding> check(List<RouteConfig> routes) {
        return RouteCompiler.problems(routes).stream()
                .map(problem -> new RouteCheck.Finding(problem.route(), problem.message()))
                .toList();
    }
}
