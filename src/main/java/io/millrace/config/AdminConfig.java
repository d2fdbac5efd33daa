package io.millrace.config;

/** The admin listener; immutable, safe from any thread. */
public record AdminConfig(SocketSpec bind) {}
