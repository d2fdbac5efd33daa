package io.millrace.config.option;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file as a tree in which everything knows its place; immutable, safe from any thread. */
public sealed interface Node {
    /** Where the value begins. */
    Position position();

    /** What a plain value looks like to YAML; quoted values are always text. */
    enum Kind {
        TEXT,
        WHOLE_NUMBER,
        OTHER_NUMBER,
        FLAG,
        NOTHING
    }

    /** A single value, as written but without its quotes. */
    record Scalar(Position position, String text, Kind kind) implements Node {}

    /** Keys and values, in the order of the file; each key once. */
    record Mapping(Position position, List<Entry> entries) implements Node {
        /** The value of a key, or null. */
        public @Nullable Node get(String key) {
            for (Entry entry : entries) {
                if (entry.key.equals(key)) {
                    return entry.value;
                }
            }
            return null;
        }
    }

    /** A list. */
    record Sequence(Position position, List<Node> items) implements Node {}

    /** One key of a mapping; the position is the key's. */
    record Entry(Position position, String key, Node value) {}

    /** True when nothing was written after the key, or {@code null}. */
    default boolean isNothing() {
        return this instanceof Scalar scalar && scalar.kind == Kind.NOTHING;
    }
}
