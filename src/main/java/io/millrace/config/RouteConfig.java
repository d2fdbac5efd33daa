package io.millrace.config;

import io.millrace.config.files.FilesConfig;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.config.option.Option;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One route: what a request must look like and what then happens; immutable, safe from any thread.
 */
public record RouteConfig(
        @Option(
                        doc = "The route's name in logs and metrics; each name once.",
                        required = true,
                        example = "all",
                        pattern = GatewayConfig.NAME,
                        patternHint = GatewayConfig.NAME_HINT)
                String name,
        @Option(
                        doc =
                                "Hosts that the route serves, as names or as \"*.example.com\"; every host"
                                        + " when left out.",
                        minItems = 1,
                        example = "[api.example.com, \"*.example.com\"]")
                List<String> hosts,
        @Option(
                        doc =
                                "The path: literal segments, :name for one segment, and * at the end for"
                                        + " all the rest. The more specific route wins, not the earlier one.",
                        required = true,
                        example = "/*")
                String path,
        @Option(
                        doc =
                                "Methods that the route serves, in upper case; every method when left out.",
                        minItems = 1,
                        example = "[GET, HEAD]",
                        pattern = "[!#$%&'*+.^_`|~0-9A-Z-]+",
                        patternHint = "a method in upper case, for instance GET")
                List<String> methods,
        @Option(
                        doc =
                                "Header fields that the request must have: a text to be equal to, {present:"
                                        + " true} or {prefix: …}.",
                        example = "{x-version: v1}",
                        keyPattern = "[!#$%&'*+.^_`|~0-9A-Za-z-]+",
                        keyPatternHint = "the name of a header field, for instance x-version")
                Map<String, ValueTest> headers,
        @Option(
                        doc = "Query parameters that the request must have, as for headers.",
                        example = "{beta: \"1\"}",
                        keyPattern = "[\\s\\S]+",
                        keyPatternHint = "the name of a parameter")
                Map<String, ValueTest> query,
        @Option(doc = "The upstream that gets the request.", example = "app")
                @Nullable String upstream,
        @Option(
                        doc = "A fixed answer.",
                        insteadOf = "upstream",
                        example = "{status: 200, body: \"hi\\n\", contentType: text/plain}")
                @Nullable RespondConfig respond,
        @Option(
                        doc = "A directory whose files are served.",
                        insteadOf = "upstream",
                        example = "{root: /srv/www, index: index.html}")
                @Nullable FilesConfig files,
        @Option(
                        doc =
                                "Policies whose filters the route has. A kind that is in several counts in"
                                        + " the last of them, one that is in filters there alone.",
                        minItems = 1,
                        example = "[app]")
                List<String> policies,
        @Option(doc = "What is decided about requests before they go on.") FiltersConfig filters) {}
