package io.millrace.config;

/** A fixed answer; immutable, safe from any thread. */
public record RespondConfig(int status, String body, String contentType) {}
