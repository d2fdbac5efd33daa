package io.millrace.config.filters;

import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.Wording;
import io.millrace.config.syntax.PathSyntax;
import io.millrace.config.syntax.TemplateSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the filters of routes and policies; owned by the thread that loads the file. */
public final class FiltersChecks {
    /** What frames a message, or is the connection's, and what the gateway says itself. */
    private static final Set<String> OWN_FIELDS =
            Set.of(
                    "connection",
                    "content-length",
                    "forwarded",
                    "keep-alive",
                    "max-forwards",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "via",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-proto",
                    "x-real-ip",
                    "x-request-id");

    private static final Set<String> REDIRECTIONS = Set.of("301", "302", "303", "307", "308");

    private final Findings findings;
    private final LimitChecks limits;

    /** Checks for one file. */
    public FiltersChecks(Findings findings) {
        this.findings = findings;
        this.limits = new LimitChecks(findings);
    }

    /**
     * Checks one set of filters.
     *
     * @param at the path to it
     * @param route the path of the route that it is of; null for a policy, whose routes are unknown
     */
    public void check(String at, @Nullable Node node, @Nullable String route) {
        if (!(node instanceof Node.Mapping filters)) {
            return;
        }
        for (String key : List.of("requestHeaders", "responseHeaders")) {
            if (filters.get(key) instanceof Node.Mapping headers) {
                headers(at + '.' + key, headers, route);
            }
        }
        if (filters.get("cors") instanceof Node.Mapping cors) {
            cors(at + ".cors", cors);
        }
        if (filters.get("limits") instanceof Node.Sequence written) {
            limits.check(at + ".limits", written, route);
        }
        if (filters.get("redirect") instanceof Node.Mapping redirect) {
            redirect(at + ".redirect", redirect, route);
        }
        if (filters.get("rewrite") instanceof Node.Mapping rewrite) {
            rewrite(at + ".rewrite", rewrite, route);
        }
    }

    private void headers(String at, Node.Mapping headers, @Nullable String route) {
        for (String key : List.of("set", "add")) {
            if (headers.get(key) instanceof Node.Mapping fields) {
                for (Node.Entry field : fields.entries()) {
                    String place = at + '.' + key + '.' + field.key();
                    own(place, field.key(), field.value());
                    if (field.value() instanceof Node.Scalar value) {
                        template(place, value, route);
                    }
                }
            }
        }
        if (headers.get("remove") instanceof Node.Sequence names) {
            for (int i = 0; i < names.items().size(); i++) {
                if (names.items().get(i) instanceof Node.Scalar name) {
                    own(at + ".remove[" + i + ']', name.text(), name);
                }
            }
        }
    }

    private void own(String at, String name, Node node) {
        if (OWN_FIELDS.contains(name.toLowerCase(Locale.ROOT))) {
            findings.add(
                    node.position(),
                    at
                            + ": the field "
                            + name
                            + " frames messages or is the gateway's own to write; use another"
                            + " name");
        }
    }

    private void cors(String at, Node.Mapping cors) {
        boolean credentials =
                cors.get("credentials") instanceof Node.Scalar flag && flag.text().equals("true");
        if (credentials && cors.get("origins") instanceof Node.Sequence origins) {
            for (Node item : origins.items()) {
                if (item instanceof Node.Scalar origin && origin.text().equals("*")) {
                    findings.add(
                            origin.position(),
                            at
                                    + ".origins: \"*\" with credentials would let every page act as"
                                    + " the user; name the origins, or leave credentials out");
                }
            }
        }
    }

    private void redirect(String at, Node.Mapping redirect, @Nullable String route) {
        if (redirect.get("status") instanceof Node.Scalar status
                && !REDIRECTIONS.contains(status.text())) {
            findings.add(
                    status.position(),
                    at
                            + ".status: "
                            + status.text()
                            + " is no redirection; write 301, 302, 303, 307 or 308");
        }
        Node.Scalar location = scalar(redirect, "location");
        if (location != null && template(at + ".location", location, route)) {
            location(at + ".location", location);
        }
    }

    /** Who comes to decide about the host decides where users go. */
    private void location(String at, Node.Scalar location) {
        String text = location.text();
        boolean path = text.startsWith("/") && !text.startsWith("//");
        boolean uri = text.matches("https?://[^/{}]+(/.*|\\{path\\.\\*}.*)?");
        if (!path && !uri) {
            findings.add(
                    location.position(),
                    at
                            + ": "
                            + Wording.quote(text)
                            + " does not begin with a path or with scheme and host as they are, so"
                            + " that a client could choose the host; write for instance"
                            + " https://www.example.com/{path.*}");
        }
    }

    private void rewrite(String at, Node.Mapping rewrite, @Nullable String route) {
        Node.Scalar path = scalar(rewrite, "path");
        Node.Scalar prefix = scalar(rewrite, "prefix");
        if ((path == null) == (prefix == null)) {
            findings.add(
                    rewrite.position(),
                    at
                            + " has "
                            + (path == null ? "neither" : "both")
                            + " path and prefix;"
                            + " write exactly one of them");
        }
        if (path != null && template(at + ".path", path, route) && !path.text().startsWith("/")) {
            findings.add(
                    path.position(),
                    at
                            + ".path: "
                            + Wording.quote(path.text())
                            + " does not begin with \"/\"; write for instance /v2/{path.*}");
        }
        plain(at + ".prefix", prefix);
        plain(at + ".replacePrefix", scalar(rewrite, "replacePrefix"));
    }

    private void plain(String at, Node.@Nullable Scalar path) {
        if (path == null) {
            return;
        }
        String wrong = PathSyntax.problem(path.text());
        if (wrong == null && (path.text().contains("/:") || path.text().contains("*"))) {
            wrong = "is no plain path; write for instance /api";
        }
        if (wrong != null) {
            findings.add(path.position(), at + ": " + Wording.quote(path.text()) + ' ' + wrong);
        }
    }

    /** Whether the template is sound. */
    private boolean template(String at, Node.Scalar node, @Nullable String route) {
        List<TemplateSyntax.Part> parts;
        try {
            parts = TemplateSyntax.parse(node.text());
        } catch (IllegalArgumentException e) {
            findings.add(
                    node.position(), at + ": " + Wording.quote(node.text()) + ' ' + e.getMessage());
            return false;
        }
        List<String> problems = new ArrayList<>();
        for (TemplateSyntax.Part part : parts) {
            String wrong = part(part, route);
            if (wrong != null) {
                problems.add(wrong);
            }
        }
        problems.forEach(problem -> findings.add(node.position(), at + ": " + problem));
        return problems.isEmpty();
    }

    private static @Nullable String part(TemplateSyntax.Part part, @Nullable String route) {
        if (part.kind() == TemplateSyntax.Kind.TEXT) {
            boolean bad = part.text().chars().anyMatch(c -> (c < ' ' && c != '\t') || c > '~');
            return bad ? "a field's value has visible ASCII characters only" : null;
        }
        if (part.kind() != TemplateSyntax.Kind.PATH) {
            return null;
        }
        if (route == null) {
            return "a policy is for routes of any path, so {path."
                    + part.text()
                    + "} cannot be in it; write the filter into the route";
        }
        List<String> known = TemplateSyntax.parameters(route);
        return known.contains(part.text())
                ? null
                : "the path "
                        + Wording.quote(route)
                        + " has no parameter "
                        + Wording.quote(part.text())
                        + (known.isEmpty()
                                ? "; it has none"
                                : "; it has " + String.join(", ", known));
    }

    private static Node.@Nullable Scalar scalar(Node.Mapping mapping, String key) {
        return mapping.get(key) instanceof Node.Scalar scalar && !scalar.isNothing()
                ? scalar
                : null;
    }
}
