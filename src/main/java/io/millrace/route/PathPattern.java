package io.millrace.route;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A path as written in a route, taken apart; used by the conductor.
 *
 * <p>Segments are separated by slashes, which are never merged: {@code /a}, {@code /a/} and {@code
 * /a//} are three paths. {@code :name} stands for exactly one segment that is not empty. A last
 * segment {@code *} stands for whatever follows the slash before it, also nothing: {@code
 * /static/*} takes {@code /static/} and {@code /static/a/b}, but not {@code /static}. All else is
 * literal and is compared in normalised form: unreserved characters decoded, other escapes in upper
 * case, characters beyond ASCII escaped as UTF-8.
 *
 * @param segments literals in normalised form, {@link #PARAMETER} for a parameter; no entry for a
 *     catch-all
 * @param parameters names of the parameters in order; a catch-all's is {@code *}
 * @param catchAll whether the last segment is {@code *}
 */
@OwnedBy(Role.CONDUCTOR)
record PathPattern(List<String> segments, List<String> parameters, boolean catchAll) {
    /** Most parameters of one path, its catch-all not counted. */
    static final int MAX_PARAMETERS = 32;

    /** Most segments of one path: bounds the depth of the tree and so of the recursion. */
    static final int MAX_SEGMENTS = 64;

    /** Longest pattern in bytes. */
    static final int MAX_LENGTH = 4096;

    /** Stands for a parameter in {@link #segments}; no literal contains a slash. */
    static final String PARAMETER = "/";

    private static final String UNRESERVED_MARKS = "-._~";

    /** Takes a pattern apart; {@link IllegalArgumentException} says what is wrong with it. */
    static PathPattern parse(String text) {
        require(text.startsWith("/"), "path " + quote(text) + " does not begin with a slash");
        require(
                text.getBytes(StandardCharsets.UTF_8).length <= MAX_LENGTH,
                "path is longer than " + MAX_LENGTH + " bytes");
        require(
                text.indexOf('?') < 0 && text.indexOf('#') < 0,
                "path "
                        + quote(text)
                        + " contains a query or fragment; test queries with \"query\"");
        List<String> parts = new ArrayList<>(List.of(text.substring(1).split("/", -1)));
        boolean catchAll = parts.getLast().equals("*");
        if (catchAll) {
            parts.removeLast();
        }
        require(
                parts.size() <= MAX_SEGMENTS,
                "path has " + parts.size() + " segments, at most " + MAX_SEGMENTS + " are allowed");
        List<String> parameters = new ArrayList<>();
        parts.replaceAll(part -> segment(text, part, parameters));
        require(
                parameters.size() <= MAX_PARAMETERS,
                "path has "
                        + parameters.size()
                        + " parameters, at most "
                        + MAX_PARAMETERS
                        + " are allowed");
        Set<String> unique = new HashSet<>();
        for (String name : parameters) {
            require(
                    unique.add(name),
                    "path " + quote(text) + " has two parameters named " + quote(name));
        }
        if (catchAll) {
            parameters.add("*");
        }
        return new PathPattern(List.copyOf(parts), List.copyOf(parameters), catchAll);
    }

    private static String segment(String text, String part, List<String> parameters) {
        if (part.startsWith(":")) {
            String name = part.substring(1);
            require(
                    !name.isEmpty() && name.chars().allMatch(PathPattern::isNameCharacter),
                    "path "
                            + quote(text)
                            + ": the parameter "
                            + quote(part)
                            + " needs a name of letters, digits, '-' or '_', for instance \":id\"");
            parameters.add(name);
            return PARAMETER;
        }
        require(
                part.indexOf('*') < 0,
                "path "
                        + quote(text)
                        + ": '*' may only be the whole last segment, as in \"/static/*\"");
        String literal = normalise(text, part);
        require(
                !literal.equals(".") && !literal.equals(".."),
                "path "
                        + quote(text)
                        + " has a dot segment, which no request has after normalisation");
        return literal;
    }

    private static String normalise(String text, String part) {
        StringBuilder out = new StringBuilder();
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int c = bytes[i] & 0xff;
            if (c == '%') {
                int value = i + 2 < bytes.length ? hex(bytes[i + 1]) << 4 | hex(bytes[i + 2]) : -1;
                require(
                        value > 0,
                        "path "
                                + quote(text)
                                + ": '%' must be followed by two hexadecimal digits, not 00");
                i += 2;
                append(out, value, !isUnreserved(value));
            } else {
                append(out, c, c <= ' ' || c >= 0x7f);
            }
        }
        return out.toString();
    }

    private static void append(StringBuilder out, int value, boolean escaped) {
        if (escaped) {
            out.append('%')
                    .append("0123456789ABCDEF".charAt(value >> 4))
                    .append("0123456789ABCDEF".charAt(value & 15));
        } else {
            out.append((char) value);
        }
    }

    /** The digit's value, negative when it is none: negative shifted or combined stays negative. */
    private static int hex(byte digit) {
        return Character.digit((char) (digit & 0xff), 16);
    }

    private static boolean isUnreserved(int c) {
        return isAlphanumeric(c) || UNRESERVED_MARKS.indexOf(c) >= 0;
    }

    private static boolean isNameCharacter(int c) {
        return isAlphanumeric(c) || c == '-' || c == '_';
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    static String quote(String value) {
        return '"' + value + '"';
    }

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
