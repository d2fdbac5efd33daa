package io.millrace.control;

import io.millrace.config.GatewayConfig;
import io.millrace.config.RouteConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Says in words what differs between two configurations; owned by no thread (pure functions). */
final class ConfigChange {
    private static final int NAMED = 8;

    private ConfigChange() {}

    /** One line for the log. */
    static String describe(GatewayConfig before, GatewayConfig after) {
        List<String> parts = new ArrayList<>();
        add("settings changed", before.settingsChangedIn(after), parts);
        compare("listeners", before.listeners(), after.listeners(), parts);
        compare("upstreams", before.upstreams(), after.upstreams(), parts);
        compare("routes", byName(before.routes()), byName(after.routes()), parts);
        return parts.isEmpty() ? "nothing differs" : String.join("; ", parts);
    }

    /** Settings that are read at start only and differ from those that the process started on. */
    static List<String> ignoredUntilRestart(GatewayConfig started, GatewayConfig after) {
        return started.settingsWaitingIn(after);
    }

    private static Map<String, RouteConfig> byName(List<RouteConfig> routes) {
        Map<String, RouteConfig> named = new LinkedHashMap<>();
        routes.forEach(route -> named.put(route.name(), route));
        return named;
    }

    private static <T> void compare(
            String what, Map<String, T> before, Map<String, T> after, List<String> parts) {
        List<String> added = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        after.forEach((name, value) -> {
            if (!before.containsKey(name)) {
                added.add(name);
            } else if (!Objects.equals(before.get(name), value)) {
                changed.add(name);
            }
        });
        for (String name : before.keySet()) {
            if (!after.containsKey(name)) {
                removed.add(name);
            }
        }
        add(what + " added", added, parts);
        add(what + " removed", removed, parts);
        add(what + " changed", changed, parts);
    }

    private static void add(String what, List<String> names, List<String> parts) {
        if (names.isEmpty()) {
            return;
        }
        String shown = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
        String more = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
        parts.add(what + ": " + shown + more);
    }
}
