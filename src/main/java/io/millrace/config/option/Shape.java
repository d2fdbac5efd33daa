package io.millrace.config.option;

import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What may be written as the value of an option; immutable, safe from any thread. */
public sealed interface Shape {
    /** A shape written as one plain value. */
    sealed interface Plain extends Shape {}

    /** Any text. */
    record Text() implements Plain {}

    /** A whole number that fits an int. */
    record WholeNumber() implements Plain {}

    /** {@code true} or {@code false}. */
    record Flag() implements Plain {}

    /** A number of bytes with its unit. */
    record Size() implements Plain {}

    /** A time with its unit. */
    record Time() implements Plain {}

    /** An absolute path in the file system. */
    record FilePath() implements Plain {}

    /** One word of a closed list. */
    record Choice(Map<String, Object> constants) implements Plain {}

    /** A type with its own way of being written, see {@link WrittenAs}. */
    record Custom(Class<?> type, WrittenAs form) implements Plain {}

    /**
     * A record with keys of its own; {@code shortForm} names the key that a plain value stands for.
     */
    record Section(
            Class<?> type,
            Constructor<?> constructor,
            List<OptionSpec> options,
            @Nullable String shortForm)
            implements Shape {
        /** The option of that name, or null. */
        public @Nullable OptionSpec option(String name) {
            for (OptionSpec option : options) {
                if (option.name().equals(name)) {
                    return option;
                }
            }
            return null;
        }

        /** The names in the order of their declaration. */
        public List<String> names() {
            return options.stream().map(OptionSpec::name).toList();
        }
    }

    /**
     * Exactly one key of several; each alternative has one option. A plain value is the first's.
     */
    record OneOf(List<Section> alternatives) implements Shape {
        /** The keys. */
        public List<String> names() {
            return alternatives.stream().map(a -> a.options().getFirst().name()).toList();
        }
    }

    /** A list. */
    record Items(Shape item) implements Shape {}

    /** Names of the operator's choice, each with a value. */
    record Named(Shape value) implements Shape {}
}
