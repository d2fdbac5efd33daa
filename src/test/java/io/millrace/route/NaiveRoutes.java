package io.millrace.route;

import io.millrace.config.RouteConfig;
import io.millrace.config.ValueTest;
import io.millrace.http.MethodId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the route table should answer, found by trying every route; used by one test at a time.
 *
 * <p>Written from the documented rules, with no tree: every route that fits gets a rank, the lowest
 * rank wins.
 */
final class NaiveRoutes {
    private record Fit(String hostRank, String pathRank, RouteConfig route, String captured) {}

    private static final Comparator<Fit> ORDER =
            Comparator.comparing(Fit::hostRank)
                    .thenComparing(Fit::pathRank)
                    .thenComparing(f -> f.route.methods().isEmpty())
                    .thenComparingInt(f -> -f.route.headers().size())
                    .thenComparingInt(f -> -f.route.query().size())
                    .thenComparingInt(f -> -narrowness(f.route))
                    .thenComparingInt(
                            f -> f.route.methods().isEmpty() ? 99 : f.route.methods().size());

    private final List<RouteConfig> routes;

    NaiveRoutes(List<RouteConfig> routes) {
        this.routes = routes;
    }

    /** The answers that the rules allow: several when only the text of tests decides. */
    Set<String> answers(
            String method, String host, String path, String query, List<String> fields) {
        List<Fit> fits = new ArrayList<>();
        for (RouteConfig route : routes) {
            for (String pattern : route.hosts().isEmpty() ? List.of("*") : route.hosts()) {
                String hostRank = hostRank(pattern, host.toLowerCase(Locale.ROOT));
                StringBuilder captured = new StringBuilder();
                String pathRank = pathRank(route.path(), path, captured);
                if (hostRank != null && pathRank != null) {
                    fits.add(new Fit(hostRank, pathRank, route, captured.toString()));
                }
            }
        }
        List<Fit> byMethod = fits.stream().filter(f -> admits(f.route, method)).toList();
        if (byMethod.isEmpty() && !fits.isEmpty()) {
            return Set.of("405 " + Integer.toBinaryString(allowed(fits)));
        }
        List<String> pairs = query.isEmpty() ? List.of() : Arrays.asList(query.split("&"));
        List<Fit> passing =
                byMethod.stream()
                        .filter(f -> passes(f.route.headers(), fields, ": ", true))
                        .filter(f -> passes(f.route.query(), pairs, "=", false))
                        .sorted(ORDER)
                        .toList();
        return passing.isEmpty()
                ? Set.of("404")
                : passing.stream()
                        .filter(f -> ORDER.compare(f, passing.getFirst()) == 0)
                        .map(f -> f.route.name() + f.captured)
                        .collect(Collectors.toSet());
    }

    private static int allowed(List<Fit> fits) {
        int allowed = 0;
        for (Fit fit : fits) {
            for (String method : fit.route.methods()) {
                allowed |= 1 << MethodId.of(method);
            }
        }
        return allowed;
    }

    /** How narrow a test is: present or absent 1, prefix 2, exact 3. */
    private static int narrowness(RouteConfig route) {
        return Stream.concat(route.headers().values().stream(), route.query().values().stream())
                .mapToInt(test ->
                        test instanceof ValueTest.Exact
                                ? 3
                                : test instanceof ValueTest.Prefix ? 2 : 1)
                .sum();
    }

    /** Exact "0", wildcards the longer the smaller, any host last; null when it does not fit. */
    private static String hostRank(String pattern, String host) {
        if (pattern.equals("*")) {
            return "9";
        }
        if (!pattern.startsWith("*.")) {
            return pattern.equals(host) ? "0" : null;
        }
        boolean fits = host.endsWith(pattern.substring(1)) && host.length() >= pattern.length();
        return fits ? "1" + (char) (1000 - pattern.length()) : null;
    }

    /** A letter per segment: a literal, b parameter, c catch-all; null when it does not fit. */
    private static String pathRank(String pattern, String path, StringBuilder captured) {
        String[] wanted = pattern.substring(1).split("/", -1);
        String[] given = path.substring(1).split("/", -1);
        StringBuilder rank = new StringBuilder();
        for (int i = 0; i < wanted.length; i++) {
            if (i == given.length) {
                return null;
            }
            if (wanted[i].equals("*")) {
                String rest = String.join("/", Arrays.asList(given).subList(i, given.length));
                captured.append(" [").append(rest).append(']');
                return rank.append('c').toString();
            }
            boolean parameter = wanted[i].startsWith(":");
            if (parameter ? given[i].isEmpty() : !wanted[i].equals(given[i])) {
                return null;
            }
            if (parameter) {
                captured.append(" [").append(given[i]).append(']');
            }
            rank.append(parameter ? 'b' : 'a');
        }
        return wanted.length == given.length ? rank.toString() : null;
    }

    private static boolean admits(RouteConfig route, String method) {
        return route.methods().isEmpty() || route.methods().contains(method);
    }

    private static boolean passes(
            Map<String, ValueTest> tests, List<String> given, String separator, boolean folded) {
        for (Map.Entry<String, ValueTest> test : tests.entrySet()) {
            List<String> values = new ArrayList<>();
            for (String pair : given) {
                int at = pair.indexOf(separator);
                String name = at < 0 ? pair : pair.substring(0, at);
                if (folded ? name.equalsIgnoreCase(test.getKey()) : name.equals(test.getKey())) {
                    values.add(at < 0 ? "" : pair.substring(at + separator.length()));
                }
            }
            boolean passed =
                    switch (test.getValue()) {
                        case ValueTest.Exact exact -> values.contains(exact.value());
                        case ValueTest.Prefix prefix ->
                                values.stream().anyMatch(v -> v.startsWith(prefix.value()));
                        case ValueTest.Present present -> present.present() != values.isEmpty();
                    };
            if (!passed) {
                return false;
            }
        }
        return true;
    }
}
