package io.millrace.config.filters;

import io.millrace.config.option.Option;
import java.util.List;
import java.util.Map;

/** Changes of fields, in this order: remove, set, add; immutable, safe from any thread. */
public record HeadersConfig(
        @Option(
                        doc = "Fields that are dropped.",
                        example = "[x-debug]",
                        pattern = NAME,
                        patternHint = NAME_HINT)
                List<String> remove,
        @Option(
                        doc =
                                "Fields that take the place of all of their name. Values may have"
                                        + " {path.NAME}, {header.NAME}, {client.ip} and {request.id} in them.",
                        example = "{x-user: \"{path.id}\"}",
                        keyPattern = NAME,
                        keyPatternHint = NAME_HINT)
                Map<String, String> set,
        @Option(
                        doc = "Fields that come besides those that are there; values as for set.",
                        example = "{x-tag: edge}",
                        keyPattern = NAME,
                        keyPatternHint = NAME_HINT)
                Map<String, String> add) {
    static final String NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    static final String NAME_HINT = "the name of a header field, for instance x-version";
}
