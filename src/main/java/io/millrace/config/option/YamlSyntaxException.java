package io.millrace.config.option;

import org.jspecify.annotations.Nullable;

/** Says where and why a text is no YAML that we read; owned by the thread that loads the file. */
public final class YamlSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Position position;
    private final transient @Nullable Node before;

    YamlSyntaxException(Position position, String message) {
        this(position, message, null);
    }

    private YamlSyntaxException(Position position, String message, @Nullable Node before) {
        super(message, null, false, false);
        this.position = position;
        this.before = before;
    }

    /** The same, inside a value of which that much had been read. */
    YamlSyntaxException inside(Node read) {
        return new YamlSyntaxException(position, problem(), read);
    }

    /** What had been read before, if it was anything. */
    public @Nullable Node before() {
        return before;
    }

    public Position position() {
        return position;
    }

    /** What is wrong, in one line. */
    public String problem() {
        return String.valueOf(getMessage());
    }
}
