package io.millrace.config.option;

/**
 * A place in the file; immutable, safe from any thread.
 *
 * @param line from 1
 * @param column from 1, in characters
 */
public record Position(int line, int column) {
    /** The beginning of the file. */
    public static final Position START = new Position(1, 1);
}
