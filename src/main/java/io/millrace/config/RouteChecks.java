package io.millrace.config;

import io.millrace.config.files.FilesChecks;
import io.millrace.config.filters.FiltersChecks;
import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.RecordBinder;
import io.millrace.config.option.Wording;
import io.millrace.config.syntax.HostSyntax;
import io.millrace.config.syntax.PathSyntax;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks routes against each other and against the upstreams; owned by the thread that loads the
 * file.
 */
final class RouteChecks {
    private static final int LARGEST_BODY = 64 << 10;
    private static final List<String> TARGETS = List.of("upstream", "respond", "files");

    private final RecordBinder binder;
    private final Findings findings;
    private final FilesChecks files;
    private final FiltersChecks filters;
    private final Map<String, Node.Scalar> names = new HashMap<>();
    private Set<String> upstreams = Set.of();
    private Set<String> policies = Set.of();

    RouteChecks(RecordBinder binder, Findings findings, boolean lookAtDisk) {
        this.binder = binder;
        this.findings = findings;
        this.files = new FilesChecks(findings, lookAtDisk);
        this.filters = new FiltersChecks(findings);
    }

    void check(Node.Mapping root, RouteCheck routeCheck) {
        upstreams = keys(root, "upstreams");
        policies = keys(root, "policies");
        checkPolicies(root);
        if (!(root.get("routes") instanceof Node.Sequence routes)) {
            return;
        }
        List<RouteConfig> sound = new ArrayList<>();
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < routes.items().size(); i++) {
            int before = findings.count();
            checkRoute("routes[" + i + "]", routes.items().get(i));
            RouteConfig route = binder.bound(routes.items().get(i), RouteConfig.class);
            if (route != null && findings.count() == before) {
                sound.add(route);
                indexes.add(i);
            }
        }
        for (RouteCheck.Finding finding : routeCheck.check(List.copyOf(sound))) {
            int index = indexes.get(finding.route());
            Node route = routes.items().get(index);
            Node path = route instanceof Node.Mapping mapping ? mapping.get("path") : null;
            findings.add(
                    (path == null ? route : path).position(),
                    "routes[" + index + "]: " + finding.message());
        }
    }

    private void checkRoute(String at, Node node) {
        if (!(node instanceof Node.Mapping route)) {
            return;
        }
        checkName(at, scalar(route, "name"));
        checkTarget(at, route);
        checkPath(at, scalar(route, "path"));
        if (route.get("hosts") instanceof Node.Sequence hosts) {
            checkHosts(at, hosts);
        }
        if (route.get("respond") instanceof Node.Mapping respond) {
            checkRespond(at + ".respond", respond);
        }
        files.check(at, route);
        Node.Scalar path = scalar(route, "path");
        filters.check(at + ".filters", route.get("filters"), path == null ? "" : path.text());
        if (route.get("policies") instanceof Node.Sequence names) {
            for (int i = 0; i < names.items().size(); i++) {
                checkPolicy(at + ".policies[" + i + "]", names.items().get(i));
            }
        }
    }

    private void checkPolicy(String at, Node name) {
        if (name instanceof Node.Scalar policy && !policies.contains(policy.text())) {
            findings.add(
                    policy.position(),
                    at
                            + ": there is no policy "
                            + Wording.quote(policy.text())
                            + Wording.didYouMean(policy.text(), policies, ", ")
                            + known("policies", policies));
        }
    }

    private void checkPolicies(Node.Mapping root) {
        if (root.get("policies") instanceof Node.Mapping named) {
            for (Node.Entry policy : named.entries()) {
                filters.check("policies." + policy.key(), policy.value(), null);
            }
        }
    }

    private void checkName(String at, Node.@Nullable Scalar name) {
        Node.Scalar first = name == null ? null : names.putIfAbsent(name.text(), name);
        if (name != null && first != null) {
            findings.add(
                    name.position(),
                    at
                            + ".name: "
                            + Wording.quote(name.text())
                            + " is the name of the route at line "
                            + first.position().line()
                            + " too; give each route a name of its own");
        }
    }

    private void checkTarget(String at, Node.Mapping route) {
        List<String> written = TARGETS.stream().filter(key -> isWritten(route, key)).toList();
        boolean redirected =
                route.get("filters") instanceof Node.Mapping own && isWritten(own, "redirect");
        if (written.size() != 1 && !(redirected && written.isEmpty())) {
            findings.add(
                    route.position(),
                    at
                            + " has "
                            + (written.isEmpty()
                                    ? "none of " + String.join(", ", TARGETS)
                                    : (written.size() == 2 ? "both " : "")
                                            + String.join(" and ", written))
                            + "; write exactly one of them");
        }
        checkUpstream(at, route);
    }

    /** Finds an {@code upstream} that the file does not have; after {@link #check}. */
    void checkUpstream(String at, Node.Mapping holder) {
        Node.Scalar upstream = scalar(holder, "upstream");
        if (upstream != null && !upstreams.contains(upstream.text())) {
            // The nearest of 10,000 names is not looked for 100,000 times.
            Set<String> near = findings.isFull() ? Set.of() : upstreams;
            findings.add(
                    upstream.position(),
                    at
                            + ".upstream: there is no upstream "
                            + Wording.quote(upstream.text())
                            + Wording.didYouMean(upstream.text(), near, ", ")
                            + known("upstreams", upstreams));
        }
    }

    private static String known(String what, Set<String> names) {
        if (names.isEmpty()) {
            return "; the file has no " + what;
        }
        List<String> some = names.stream().limit(10).toList();
        return " (known: " + String.join(", ", some) + (names.size() > some.size() ? ", …)" : ")");
    }

    private void checkPath(String at, Node.@Nullable Scalar path) {
        String wrong = path == null ? null : PathSyntax.problem(path.text());
        if (path != null && wrong != null) {
            findings.add(
                    path.position(), at + ".path: " + Wording.quote(path.text()) + " " + wrong);
        }
    }

    private void checkHosts(String at, Node.Sequence hosts) {
        for (int i = 0; i < hosts.items().size(); i++) {
            if (hosts.items().get(i) instanceof Node.Scalar host && !host.isNothing()) {
                String wrong = HostSyntax.problem(host.text());
                if (wrong != null) {
                    findings.add(
                            host.position(),
                            at + ".hosts[" + i + "]: " + Wording.quote(host.text()) + " " + wrong);
                }
            }
        }
    }

    private void checkRespond(String at, Node.Mapping respond) {
        Node.Scalar body = scalar(respond, "body");
        if (body == null) {
            return;
        }
        int length = body.text().getBytes(StandardCharsets.UTF_8).length;
        if (length > LARGEST_BODY) {
            findings.add(
                    body.position(),
                    at
                            + ".body has "
                            + length
                            + " bytes; a fixed answer may have 64KiB, serve more from an upstream");
        }
        Node.Scalar status = scalar(respond, "status");
        String code = status == null ? "200" : status.text();
        if (length > 0 && Set.of("204", "205", "304").contains(code)) {
            findings.add(
                    body.position(),
                    at
                            + ".body: a response with status "
                            + code
                            + " has no body; remove one of them");
        }
    }

    private static Set<String> keys(Node.Mapping root, String of) {
        Set<String> names = new LinkedHashSet<>();
        if (root.get(of) instanceof Node.Mapping mapping) {
            for (Node.Entry entry : mapping.entries()) {
                names.add(entry.key());
            }
        }
        return names;
    }

    private static boolean isWritten(Node.Mapping mapping, String key) {
        Node value = mapping.get(key);
        return value != null && !value.isNothing();
    }

    private static Node.@Nullable Scalar scalar(Node.Mapping mapping, String key) {
        return mapping.get(key) instanceof Node.Scalar scalar && !scalar.isNothing()
                ? scalar
                : null;
    }
}
