package io.millrace.config.filters;

import io.millrace.config.option.Option;
import org.jspecify.annotations.Nullable;

/** Another path for the origin; immutable, safe from any thread. */
public record RewriteConfig(
        @Option(doc = "The path, with variables.", example = "\"/v2/users/{path.id}\"")
                @Nullable String path,
        @Option(
                        doc =
                                "What the path begins with as whole segments; replacePrefix takes its place."
                                        + " A path that begins otherwise stays.",
                        insteadOf = "path",
                        example = "/api")
                @Nullable String prefix,
        @Option(
                        doc = "What takes the prefix's place; / for nothing.",
                        onlyWith = "prefix",
                        defaultValue = "/",
                        example = "/v2")
                String replacePrefix) {}
