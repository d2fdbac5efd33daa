package io.millrace.config;

/**
 * One thing that is wrong with a file; immutable, safe from any thread.
 *
 * @param line from 1; 0: the file as a whole
 * @param column from 1; 0: the file as a whole
 */
public record ConfigProblem(String file, int line, int column, String message) {
    /** {@code file:line:column: message}, or {@code file: message} when it has no place. */
    @Override
    public String toString() {
        return line == 0
                ? file + ": " + message
                : file + ":" + line + ":" + column + ": " + message;
    }
}
