package io.millrace.route;

import io.millrace.config.RouteConfig;
import io.millrace.config.ValueTest;
import io.millrace.http.MethodId;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one route asks for beyond host and path; immutable, used by the conductor.
 *
 * @param route index in the list of routes
 * @param methods a bit per {@link MethodId}, bit 0 for further methods; 0 for any
 * @param furtherMethods methods without an id, sorted
 * @param headers sorted, names in lower case
 * @param query sorted
 */
@OwnedBy(Role.CONDUCTOR)
record Candidate(
        int route,
        int methods,
        List<String> furtherMethods,
        List<FieldTest> headers,
        List<FieldTest> query) {
    /**
     * The more specific first: methods given before any, more header tests before fewer, more query
     * tests before fewer, then narrower tests before wider ones and fewer methods before more. What
     * is left is ordered by the text of its tests and methods, so that the order of declaration
     * never decides between routes that differ.
     */
    static final Comparator<Candidate> MOST_SPECIFIC_FIRST =
            Comparator.comparing((Candidate c) -> c.methods == 0)
                    .thenComparingInt(c -> -c.headers.size())
                    .thenComparingInt(c -> -c.query.size())
                    .thenComparingInt(c -> -c.sum(true))
                    .thenComparingInt(c -> -c.sum(false))
                    .thenComparingInt(Candidate::methodCount)
                    .thenComparing(c -> c.headers + " " + c.query)
                    .thenComparingInt(Candidate::methods)
                    .thenComparing(c -> c.furtherMethods.toString())
                    .thenComparingInt(Candidate::route);

    private static final int ALL_METHODS = (1 << MethodId.COUNT) - 1;

    static Candidate of(int route, RouteConfig config) {
        int methods = 0;
        List<String> further = new ArrayList<>();
        for (String method : config.methods()) {
            int id = MethodId.of(method);
            methods |= 1 << id;
            if (id == MethodId.OTHER && !further.contains(method)) {
                further.add(method);
            }
        }
        further.sort(Comparator.naturalOrder());
        return new Candidate(
                route,
                methods,
                List.copyOf(further),
                tests(config.headers(), true),
                tests(config.query(), false));
    }

    /** Whether the other asks for just the same. */
    boolean asksTheSame(Candidate other) {
        return methods == other.methods
                && furtherMethods.equals(other.furtherMethods)
                && headers.equals(other.headers)
                && query.equals(other.query);
    }

    /** Whether there is nothing to store beyond the known methods. */
    boolean isPlain() {
        return furtherMethods.isEmpty() && headers.isEmpty() && query.isEmpty();
    }

    /**
     * Whether each method of this route is taken, whenever its tests pass, by one of these routes.
     */
    boolean isCoveredBy(List<Candidate> earlier) {
        int taken = 0;
        List<String> takenFurther = new ArrayList<>();
        for (Candidate other : earlier) {
            if (implies(headers, other.headers) && implies(query, other.query)) {
                if (other.methods == 0) {
                    return true;
                }
                taken |= other.methods;
                takenFurther.addAll(other.furtherMethods);
            }
        }
        // The union of listed methods never is all there are: any token can be a method.
        return methods != 0
                && (methods & ~taken & ALL_METHODS) == 0
                && takenFurther.containsAll(furtherMethods);
    }

    private static boolean implies(List<FieldTest> narrow, List<FieldTest> wide) {
        return wide.stream().allMatch(w -> narrow.stream().anyMatch(n -> n.implies(w)));
    }

    private static List<FieldTest> tests(Map<String, ValueTest> tests, boolean folded) {
        return tests.entrySet().stream()
                .map(e ->
                        new FieldTest(
                                folded ? e.getKey().toLowerCase(Locale.ROOT) : e.getKey(),
                                e.getValue()))
                .sorted(Comparator.comparing(FieldTest::name).thenComparing(FieldTest::toString))
                .toList();
    }

    private int methodCount() {
        return Integer.bitCount(methods & ~1) + furtherMethods.size();
    }

    private int sum(boolean exactness) {
        int sum = 0;
        for (FieldTest test : headers) {
            sum += exactness ? test.exactness() : test.length();
        }
        for (FieldTest test : query) {
            sum += exactness ? test.exactness() : test.length();
        }
        return sum;
    }
}
