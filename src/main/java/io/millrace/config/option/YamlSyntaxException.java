package io.millrace.config.option;

/** Says where and why a text is no YAML that we read; owned by the thread that loads the file. */
public final class YamlSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Position position;

    YamlSyntaxException(Position position, String message) {
        super(message, null, false, false);
        this.position = position;
    }

    public Position position() {
        return position;
    }

    /** What is wrong, in one line. */
    public String problem() {
        return String.valueOf(getMessage());
    }
}
