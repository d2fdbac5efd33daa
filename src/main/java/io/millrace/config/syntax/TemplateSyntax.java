package io.millrace.config.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * Texts with variables such as {@code {path.id}}; owned by no thread (pure functions).
 *
 * <p>A brace that means itself is written twice.
 */
public final class TemplateSyntax {
    /** What a part stands for; owned by no thread (constants). */
    public enum Kind {
        TEXT,
        PATH,
        HEADER,
        CLIENT_IP,
        REQUEST_ID
    }

    /**
     * One part; immutable, safe from any thread.
     *
     * @param text the text itself, or the variable's name behind its dot
     */
    public record Part(Kind kind, String text) {}

    private TemplateSyntax() {}

    /**
     * The parts of a template.
     *
     * @throws IllegalArgumentException says what is wrong, to follow the quoted template
     */
    public static List<Part> parse(String template) {
        List<Part> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            char c = template.charAt(at);
            boolean brace = c == '{' || c == '}';
            if (brace && at + 1 < template.length() && template.charAt(at + 1) == c) {
                text.append(c);
                at += 2;
            } else if (c == '{') {
                int end = template.indexOf('}', at);
                if (end < 0) {
                    throw new IllegalArgumentException(
                            "has a { without its }; write {{ for a brace that means itself");
                }
                flush(text, parts);
                parts.add(variable(template.substring(at + 1, end)));
                at = end + 1;
            } else if (c == '}') {
                throw new IllegalArgumentException(
                        "has a } without its {; write }} for a brace that means itself");
            } else {
                text.append(c);
                at++;
            }
        }
        flush(text, parts);
        return List.copyOf(parts);
    }

    /** The parameters of a route's path in their order; a catch-all's is called {@code *}. */
    public static List<String> parameters(String path) {
        List<String> names = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (segment.startsWith(":")) {
                names.add(segment.substring(1));
            } else if (segment.equals("*")) {
                names.add(segment);
            }
        }
        return names;
    }

    private static void flush(StringBuilder text, List<Part> parts) {
        if (!text.isEmpty()) {
            parts.add(new Part(Kind.TEXT, text.toString()));
            text.setLength(0);
        }
    }

    private static Part variable(String name) {
        if (name.equals("client.ip")) {
            return new Part(Kind.CLIENT_IP, "");
        } else if (name.equals("request.id")) {
            return new Part(Kind.REQUEST_ID, "");
        } else if (name.startsWith("path.") && name.length() > 5) {
            return new Part(Kind.PATH, name.substring(5));
        } else if (name.startsWith("header.") && name.length() > 7) {
            return new Part(Kind.HEADER, name.substring(7));
        }
        throw new IllegalArgumentException(
                "has the unknown variable {"
                        + name
                        + "}; there are {path.NAME}, {header.NAME}, {client.ip} and {request.id}");
    }
}
