package io.millrace.config;

import java.util.List;

/** Finds routes that can never win; called on the thread that loads the file. */
@FunctionalInterface
public interface RouteCheck {
    /**
     * One finding.
     *
     * @param route index in the list that was checked
     * @param message what is wrong, naming the other route
     */
    record Finding(int route, String message) {}

    /** What is wrong with these routes. */
    List<Finding> check(List<RouteConfig> routes);
}
