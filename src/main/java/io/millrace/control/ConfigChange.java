package io.millrace.control;

import io.millrace.config.GatewayConfig;
import io.millrace.config.RouteConfig;
import io.millrace.config.option.Option;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says in words what differs between two configurations; owned by no thread (pure functions). */
final class ConfigChange {
    private static final int NAMED = 8;

    private ConfigChange() {}

    /** One line for the log. */
    static String describe(GatewayConfig before, GatewayConfig after) {
        List<String> parts = new ArrayList<>();
        List<String> settings = new ArrayList<>();
        differing("server.", before.server(), after.server(), false, settings);
        differing("admin.", before.admin(), after.admin(), false, settings);
        add("settings changed", settings, parts);
        compare("listeners", before.listeners(), after.listeners(), parts);
        compare("upstreams", before.upstreams(), after.upstreams(), parts);
        compare("routes", byName(before.routes()), byName(after.routes()), parts);
        return parts.isEmpty() ? "nothing differs" : String.join("; ", parts);
    }

    /** Settings that are read at start only and differ from those that the process started on. */
    static List<String> ignoredUntilRestart(GatewayConfig started, GatewayConfig after) {
        List<String> ignored = new ArrayList<>();
        differing("server.", started.server(), after.server(), true, ignored);
        differing("admin.", started.admin(), after.admin(), true, ignored);
        return ignored;
    }

    /**
     * Collects the options of a section that differ: all, or those that a reload does not apply.
     */
    private static void differing(
            String prefix, Record before, Record after, boolean startOnly, List<String> names) {
        for (RecordComponent component : before.getClass().getRecordComponents()) {
            Object was = value(component, before);
            Object is = value(component, after);
            String name = prefix + component.getName();
            if (was instanceof Record section && is instanceof Record other && isSection(section)) {
                differing(name + ".", section, other, startOnly, names);
                continue;
            }
            Option option = component.getAnnotation(Option.class);
            boolean applied = option == null || option.reloadable();
            if (!Objects.equals(was, is) && !(startOnly && applied)) {
                names.add(name);
            }
        }
    }

    private static boolean isSection(Record value) {
        RecordComponent[] components = value.getClass().getRecordComponents();
        return components.length > 0 && components[0].isAnnotationPresent(Option.class);
    }

    private static @Nullable Object value(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public record's accessor", e);
        }
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
