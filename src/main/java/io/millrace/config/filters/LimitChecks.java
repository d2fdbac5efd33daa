package io.millrace.config.filters;

import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.Wording;
import io.millrace.config.syntax.Rate;
import io.millrace.config.syntax.TemplateSyntax;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks rate limits; owned by the thread that loads the file. */
final class LimitChecks {
    private static final BigDecimal HIGHEST_PER_SECOND = BigDecimal.valueOf(1_000_000);

    /** The state of a key is one time, which must not lie further ahead. */
    private static final Duration LONGEST = Duration.ofDays(366);

    private final Findings findings;
    private final Map<String, String> named = new HashMap<>();

    LimitChecks(Findings findings) {
        this.findings = findings;
    }

    void check(String at, Node.Sequence limits, @Nullable String route) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < limits.items().size(); i++) {
            if (limits.items().get(i) instanceof Node.Mapping limit) {
                String place = at + '[' + i + ']';
                rate(place, limit);
                cost(place, limit);
                name(place, limit, seen);
                if (limit.get("key") instanceof Node.Sequence key) {
                    key(place + ".key", key, route);
                }
            }
        }
    }

    /** The state of a key is one time, which means nothing at another rate. */
    private void name(String at, Node.Mapping limit, Set<String> seen) {
        if (!(limit.get("name") instanceof Node.Scalar name)
                || !(limit.get("rate") instanceof Node.Scalar rate)) {
            return;
        }
        if (!seen.add(name.text())) {
            findings.add(
                    name.position(),
                    at
                            + ".name: "
                            + Wording.quote(name.text())
                            + " is here twice, so each request would count twice; give each its own");
        }
        String terms = rate.text() + " with burst " + number(limit, "burst", 1);
        String others = named.putIfAbsent(name.text(), terms);
        if (others != null && !others.equals(terms)) {
            findings.add(
                    name.position(),
                    at
                            + ".name: "
                            + Wording.quote(name.text())
                            + " is "
                            + terms
                            + " here and "
                            + others
                            + " elsewhere; limits of one name share their state and must be alike");
        }
    }

    private void rate(String at, Node.Mapping limit) {
        if (!(limit.get("rate") instanceof Node.Scalar written)) {
            return;
        }
        Rate rate;
        try {
            rate = Rate.parse(written.text());
        } catch (IllegalArgumentException e) {
            return; // the binder has said so
        }
        BigDecimal seconds = BigDecimal.valueOf(rate.per().toSeconds());
        if (rate.count().compareTo(HIGHEST_PER_SECOND.multiply(seconds)) > 0) {
            findings.add(
                    written.position(),
                    at + ".rate: " + written.text() + " is above the highest, 1000000/s");
        }
        // As the limit will count: in whole nanoseconds for each request.
        BigDecimal refill =
                BigDecimal.valueOf(rate.per().toNanos())
                        .divide(rate.count(), 0, RoundingMode.CEILING)
                        .multiply(BigDecimal.valueOf(number(limit, "burst", 1)));
        if (refill.compareTo(BigDecimal.valueOf(LONGEST.toNanos())) > 0) {
            findings.add(
                    written.position(),
                    at
                            + ": at this rate a burst takes longer than "
                            + LONGEST.toDays()
                            + " days to come back; raise rate or lower burst");
        }
    }

    private void cost(String at, Node.Mapping limit) {
        long burst = number(limit, "burst", 1);
        long cost = number(limit, "cost", 1);
        Node written = limit.get("cost");
        if (cost > burst && written != null) {
            findings.add(
                    written.position(),
                    at
                            + ".cost: a request counts for "
                            + cost
                            + ", but no more than burst, "
                            + burst
                            + ", are ever admitted at once; raise burst or lower cost");
        }
    }

    private void key(String at, Node.Sequence parts, @Nullable String route) {
        for (int i = 0; i < parts.items().size(); i++) {
            if (parts.items().get(i) instanceof Node.Scalar part
                    && part.text().startsWith("header.")) {
                String wrong = HeaderFields.problem(part.text().substring("header.".length()));
                if (wrong != null) {
                    findings.add(part.position(), at + '[' + i + "]: " + wrong);
                }
            } else if (parts.items().get(i) instanceof Node.Scalar part
                    && part.text().startsWith("path.")) {
                String name = part.text().substring("path.".length());
                List<String> known = route == null ? List.of() : TemplateSyntax.parameters(route);
                if (!known.contains(name)) {
                    findings.add(
                            part.position(),
                            at
                                    + '['
                                    + i
                                    + "]: "
                                    + (route == null
                                            ? "a policy is for routes of any path, so it has no"
                                                    + " parameters; write the limit into the route"
                                            : "the path "
                                                    + Wording.quote(route)
                                                    + " has no parameter "
                                                    + Wording.quote(name)));
                }
            }
        }
    }

    private static long number(Node.Mapping limit, String key, long absent) {
        if (limit.get(key) instanceof Node.Scalar scalar && scalar.text().matches("[0-9]{1,9}")) {
            return Long.parseLong(scalar.text());
        }
        return absent;
    }
}
