package io.millrace.route;

/**
 * Something wrong with a route; immutable, safe from any thread.
 *
 * @param route index in the list of routes
 * @param field key of the route it is about, as in the configuration file: {@code path}, {@code
 *     hosts}, or {@code name} when it is about the route as a whole
 * @param message what is wrong, the value and what would be right, without the route's name
 */
public record RouteProblem(int route, String field, String message) {}
