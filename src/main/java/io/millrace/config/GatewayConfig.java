package io.millrace.config;

import io.millrace.config.filters.FiltersConfig;
import io.millrace.config.option.Differences;
import io.millrace.config.option.Option;
import io.millrace.config.server.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The whole file; immutable, safe from any thread. */
public record GatewayConfig(
        @Option(doc = "Settings of the process.") ServerConfig server,
        @Option(doc = "The listener for operators.") AdminConfig admin,
        @Option(
                        doc = "Where clients are accepted, by name.",
                        required = true,
                        minItems = 1,
                        example = "{http: {bind: 0.0.0.0:8080}}",
                        keyPattern = NAME,
                        keyPatternHint = NAME_HINT)
                Map<String, ListenerConfig> listeners,
        @Option(
                        doc = "Groups of servers that requests go to, by name.",
                        example = "{app: {endpoints: [127.0.0.1:9001]}}",
                        keyPattern = NAME,
                        keyPatternHint = NAME_HINT)
                Map<String, UpstreamConfig> upstreams,
        @Option(
                        doc = "Sets of filters that routes share, by name.",
                        example =
                                "{app: {responseHeaders: {set: {x-content-type-options: nosniff}}}}",
                        keyPattern = NAME,
                        keyPatternHint = NAME_HINT)
                Map<String, FiltersConfig> policies,
        @Option(
                        doc =
                                "Which requests go where. The order means nothing. Required if a listener"
                                        + " has protocol http.",
                        minItems = 1,
                        example = "[{name: all, path: /*, upstream: app}]")
                List<RouteConfig> routes) {
    static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    static final String NAME_HINT =
            "a name of at most 64 letters, digits, dots, hyphens and underscores";

    /** The settings of the process that another configuration has otherwise. */
    public List<String> settingsChangedIn(GatewayConfig other) {
        return differing(other, _ -> true);
    }

    /** Those of them that a reload does not apply. */
    public List<String> settingsWaitingIn(GatewayConfig other) {
        return differing(other, option -> !option.reloadable());
    }

    private List<String> differing(GatewayConfig other, Predicate<Option> wanted) {
        List<String> names = new ArrayList<>();
        Differences.find("server.", server, other.server, wanted, names);
        Differences.find("admin.", admin, other.admin, wanted, names);
        return names;
    }
}
