package io.millrace.route;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.Locale;

/**
 * A host as written in a route; used by the conductor.
 *
 * <p>{@code api.example.com} is that host alone; {@code *.example.com} is every host with one or
 * more labels before {@code .example.com}, not {@code example.com} itself; {@code *}, or no host at
 * all, is any host.
 *
 * @param kind how the host is compared
 * @param text the name in lower case, without a wildcard's {@code *.}; empty for any host
 */
@OwnedBy(Role.CONDUCTOR)
record HostPattern(Kind kind, String text) {
    /** Any host. */
    static final HostPattern ANY = new HostPattern(Kind.DEFAULT, "");

    private static final int MAX_LENGTH = 253;

    /** How a host is compared; owned by no thread (constants). */
    enum Kind {
        EXACT,
        WILDCARD,
        DEFAULT
    }

    /** Reads a host; {@link IllegalArgumentException} says what is wrong with it. */
    static HostPattern parse(String written) {
        if (written.equals("*")) {
            return ANY;
        }
        boolean wildcard = written.startsWith("*.");
        String name = (wildcard ? written.substring(2) : written).toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        boolean literal = !wildcard && name.startsWith("[") && name.endsWith("]");
        String quoted = PathPattern.quote(written);
        PathPattern.require(
                !name.isEmpty() && name.length() <= MAX_LENGTH && !name.contains(".."),
                "host " + quoted + " is not a host name");
        PathPattern.require(
                name.indexOf('*') < 0,
                "host "
                        + quoted
                        + ": '*' may only be the whole first label, as in \"*.example.com\"");
        PathPattern.require(
                literal || name.indexOf(':') < 0,
                "host "
                        + quoted
                        + " has a port; write the host alone (IPv6 addresses in brackets)");
        PathPattern.require(
                literal || name.chars().allMatch(HostPattern::isNameCharacter),
                "host "
                        + quoted
                        + " is not a host name; names beyond ASCII are written in Punycode (xn--…)");
        return new HostPattern(wildcard ? Kind.WILDCARD : Kind.EXACT, name);
    }

    /** As it would be written. */
    @Override
    public String toString() {
        return switch (kind) {
            case EXACT -> text;
            case WILDCARD -> "*." + text;
            case DEFAULT -> "*";
        };
    }

    /** How many labels the name has. */
    int labels() {
        return 1 + (int) text.chars().filter(c -> c == '.').count();
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    }
}
