package io.millrace.config.filters;

import io.millrace.config.option.Option;
import java.time.Duration;
import java.util.List;

/** What pages of other origins may do; immutable, safe from any thread. */
public record CorsConfig(
        @Option(
                        doc =
                                "Origins of the pages, scheme and port included; \"*\" is every origin, and"
                                        + " not with credentials.",
                        required = true,
                        minItems = 1,
                        example = "[\"https://app.example.com\"]",
                        pattern = OriginCheckConfig.ORIGIN + "|\\*",
                        patternHint = "an origin such as https://app.example.com, or \"*\"")
                List<String> origins,
        @Option(
                        doc =
                                "Methods that pages may use; what they ask for when left out, so that the"
                                        + " routes decide.",
                        minItems = 1,
                        example = "[PUT, DELETE]",
                        pattern = "[!#$%&'*+.^_`|~0-9A-Z-]+",
                        patternHint = "a method in upper case, for instance PUT")
                List<String> methods,
        @Option(
                        doc = "Fields that pages may send; those that they ask for when left out.",
                        minItems = 1,
                        example = "[content-type, authorization]",
                        pattern = HeadersConfig.NAME,
                        patternHint = HeadersConfig.NAME_HINT)
                List<String> headers,
        @Option(
                        doc = "Fields of answers that pages may read.",
                        minItems = 1,
                        example = "[x-total-count]",
                        pattern = HeadersConfig.NAME,
                        patternHint = HeadersConfig.NAME_HINT)
                List<String> exposed,
        @Option(
                        doc = "Whether browsers send cookies and credentials along.",
                        defaultValue = "false")
                boolean credentials,
        @Option(
                        doc = "How long browsers remember the answer to a preflight.",
                        defaultValue = "10m",
                        min = "0s",
                        max = "24h")
                Duration maxAge) {}
