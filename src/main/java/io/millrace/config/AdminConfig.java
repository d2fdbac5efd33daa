package io.millrace.config;

import io.millrace.config.option.Option;

/** The admin listener; immutable, safe from any thread. */
public record AdminConfig(
        @Option(
                        doc =
                                "Where health, metrics and state are served. Keep it off public networks:"
                                        + " it asks for no password.",
                        defaultValue = "127.0.0.1:9901",
                        reloadable = false)
                SocketSpec bind) {}
