package io.millrace.config;

import io.millrace.config.option.Option;

/** A fixed answer; immutable, safe from any thread. */
public record RespondConfig(
        @Option(doc = "The status.", defaultValue = "200", min = "200", max = "599") int status,
        @Option(doc = "The body, at most 64 KiB; empty when left out.", example = "\"hi\\n\"")
                String body,
        @Option(
                        doc = "The Content-Type of the body.",
                        defaultValue = "text/plain; charset=utf-8",
                        pattern = "[\\x20-\\x7E]+",
                        patternHint = "visible ASCII, for instance text/plain")
                String contentType) {}
