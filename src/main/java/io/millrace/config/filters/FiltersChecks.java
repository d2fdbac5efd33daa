package io.millrace.config.filters;

import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.Wording;
import io.millrace.config.syntax.Cidr;
import io.millrace.config.syntax.PathSyntax;
import io.millrace.config.syntax.TemplateSyntax;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
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
                    "expect",
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
        if (filters.get("ipAccess") instanceof Node.Mapping networks) {
            networks(at + ".ipAccess", networks);
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
                    own(place, field.key(), field.value(), key.equals("set"));
                    if (field.value() instanceof Node.Scalar value) {
                        template(place, value, route);
                    }
                }
            }
        }
        if (headers.get("remove") instanceof Node.Sequence names) {
            for (int i = 0; i < names.items().size(); i++) {
                if (names.items().get(i) instanceof Node.Scalar name) {
                    own(at + ".remove[" + i + ']', name.text(), name, false);
                }
            }
        }
    }

    private void own(String at, String name, Node node, boolean set) {
        if (name.equalsIgnoreCase("host") && !set) {
            // RFC 9112, section 3.2: a request has one, and only one.
            findings.add(node.position(), at + ": a request has exactly one Host; write it in set");
        }
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

    private void networks(String at, Node.Mapping networks) {
        Set<String> allowed = new HashSet<>();
        if (networks.get("allow") instanceof Node.Sequence allow) {
            allow.items().forEach(network -> allowed.add(canonical(network)));
        }
        if (networks.get("deny") instanceof Node.Sequence deny) {
            for (int i = 0; i < deny.items().size(); i++) {
                Node network = deny.items().get(i);
                if (allowed.contains(canonical(network))) {
                    findings.add(
                            network.position(),
                            at
                                    + ".deny["
                                    + i
                                    + "]: the same network is in allow; remove one of them");
                }
            }
        }
    }

    /** IPv4 as IPv4-mapped; the node itself when it is no network, which the binder says. */
    private static String canonical(Node node) {
        if (!(node instanceof Node.Scalar scalar)) {
            return node.toString();
        }
        try {
            Cidr network = Cidr.parse(scalar.text());
            boolean v4 = network.address().length == 4;
            String bytes = HexFormat.of().formatHex(network.address());
            return (v4 ? "00000000000000000000ffff" + bytes : bytes)
                    + '/'
                    + (network.prefixLength() + (v4 ? 96 : 0));
        } catch (IllegalArgumentException e) {
            return scalar.text();
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
            uri(at + ".location", location, "[\\x21-\\x7E&&[^#\"<>\\\\^`|]]*");
            location(at + ".location", location);
        }
    }

    /** Who comes to decide about the host decides where users go. */
    private void location(String at, Node.Scalar location) {
        String text = location.text();
        // A field may be missing: then two slashes would name a host.
        boolean path =
                text.startsWith("/")
                        && !text.startsWith("//")
                        && !text.matches("/(\\{header\\.[^}]*})+/.*");
        boolean uri = text.matches("https?://[^/{}?#\\\\@\\s]+(/.*)?");
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
        if (path != null && template(at + ".path", path, route)) {
            uri(at + ".path", path, "[\\x21-\\x7E&&[^?#\"<>\\\\^`|]]*");
            path(at + ".path", path);
        }
        plain(at + ".prefix", prefix);
        plain(at + ".replacePrefix", scalar(rewrite, "replacePrefix"));
    }

    private void path(String at, Node.Scalar path) {
        String text = path.text();
        String wrong = null;
        if (!text.startsWith("/") || text.startsWith("//")) {
            wrong = "does not begin with one \"/\"; write for instance /v2/{path.*}";
        } else if (text.contains("{header.")) {
            wrong =
                    "has a field in it, by which a client could leave the path (..); parts of the"
                            + " path can be in it";
        }
        if (wrong != null) {
            findings.add(path.position(), at + ": " + Wording.quote(text) + ' ' + wrong);
        }
    }

    /** What stands for itself must be allowed there, and no variable may add parameters. */
    private void uri(String at, Node.Scalar template, String allowed) {
        String text = template.text();
        boolean query = text.indexOf('?') >= 0;
        String plain = text.replaceAll("\\{[^{}]*}", "");
        if (!plain.matches(allowed)) {
            findings.add(
                    template.position(),
                    at
                            + ": "
                            + Wording.quote(text)
                            + " has a character that cannot stand there; write it percent-encoded");
        } else if (query && text.indexOf('{', text.indexOf('?')) >= 0) {
            findings.add(
                    template.position(),
                    at
                            + ": "
                            + Wording.quote(text)
                            + " has a variable behind its ?, where a client could add parameters");
        }
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
        if (part.kind() == TemplateSyntax.Kind.HEADER) {
            return HeaderFields.problem(part.text());
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
