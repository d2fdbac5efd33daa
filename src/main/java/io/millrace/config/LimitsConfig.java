package io.millrace.config;

/** What one request may measure, sizes in bytes; a body limit of 0 means none; immutable, safe from any thread. */
public record LimitsConfig(long requestLine, long headers, int headerCount, long body) {}
