package io.millrace.config.filters;

import io.millrace.config.option.Option;

/** A redirection; immutable, safe from any thread. */
public record RedirectConfig(
        @Option(
                        doc =
                                "301 and 308 last, 302, 303 and 307 do not; 307 and 308 keep method and"
                                        + " body.",
                        defaultValue = "308",
                        min = "301",
                        max = "308")
                int status,
        @Option(
                        doc =
                                "Where to, with variables. The request's query follows if there is none"
                                        + " here.",
                        required = true,
                        example = "\"https://www.example.com/{path.*}\"")
                String location) {}
