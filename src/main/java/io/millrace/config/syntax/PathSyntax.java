package io.millrace.config.syntax;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a route's path; owned by no thread. */
public final class PathSyntax {
    private static final int MOST_PARAMETERS = 32;
    private static final int LONGEST = 4096;
    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");
    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private PathSyntax() {}

    /** What is wrong and what would be right, to follow the quoted path; null when it is right. */
    public static @Nullable String problem(String path) {
        if (!path.startsWith("/")) {
            return "does not begin with \"/\"; write for instance /user/:id or /static/*";
        }
        if (path.length() > LONGEST) {
            return "is longer than " + LONGEST + " characters";
        }
        String characters = characterProblem(path);
        return characters != null ? characters : segmentProblem(path.substring(1).split("/", -1));
    }

    private static @Nullable String characterProblem(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '?' || c == '#') {
                return "holds a "
                        + c
                        + "; a path ends before it, tests of parameters go into query";
            }
            if (c <= ' ' || c == 0x7F) {
                return "holds a space or a control character; write it as %20 or the like";
            }
        }
        if (BAD_ESCAPE.matcher(path).find()) {
            return "holds a % without two hexadecimal digits; write %25 for the character itself";
        }
        return path.contains("%00") ? "holds %00, which is refused in every request" : null;
    }

    private static @Nullable String segmentProblem(String[] segments) {
        Set<String> parameters = new HashSet<>();
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            boolean last = i == segments.length - 1;
            if (segment.indexOf('*') >= 0 && !(last && segment.equals("*"))) {
                return "has a * that is not its whole last segment; write /static/*, or %2A for the"
                        + " character itself";
            }
            if (segment.equals(".") || segment.equals("..")) {
                return "has the segment " + segment + ", which no request has left once normalised";
            }
            String wrong = segment.startsWith(":") ? parameterProblem(segment, parameters) : null;
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private static @Nullable String parameterProblem(String segment, Set<String> parameters) {
        String name = segment.substring(1);
        if (!PARAMETER.matcher(name).matches()) {
            return "has the parameter "
                    + segment
                    + "; a name of letters, digits, _ and - must follow the colon, as in :id";
        }
        if (!parameters.add(name)) {
            return "has the parameter " + segment + " twice; give each its own name";
        }
        return parameters.size() > MOST_PARAMETERS
                ? "has more than " + MOST_PARAMETERS + " parameters"
                : null;
    }
}
