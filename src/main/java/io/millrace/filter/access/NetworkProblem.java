package io.millrace.filter.access;

/**
 * Something wrong with a network of a {@link CidrTree}; immutable, safe from any thread.
 *
 * @param entry which call of the builder added it, counted from 0
 * @param message what is wrong, the value, and what would be right
 */
public record NetworkProblem(int entry, String message) {}
