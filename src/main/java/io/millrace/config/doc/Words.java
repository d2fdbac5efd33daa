package io.millrace.config.doc;

import io.millrace.config.option.Option;
import io.millrace.config.option.OptionSpec;
import io.millrace.config.option.Shape;
import java.util.ArrayList;
import java.util.List;

/** Says types and ranges in words; owned by no thread. */
final class Words {
    private Words() {}

    /** The type of an option, with the word that may stand in place of its keys. */
    static String type(OptionSpec spec) {
        String word = spec.shape() instanceof Shape.Section ? spec.option().defaultValue() : "";
        return (word.isEmpty() ? "" : word + ", or ") + type(spec.shape());
    }

    private static String type(Shape shape) {
        return switch (shape) {
            case Shape.Text _ -> "text";
            case Shape.WholeNumber _ -> "whole number";
            case Shape.Flag _ -> "true or false";
            case Shape.Size _ -> "size";
            case Shape.Time _ -> "duration";
            case Shape.FilePath _ -> "absolute path";
            case Shape.Choice choice -> "one of " + String.join(", ", choice.constants().keySet());
            case Shape.Custom custom -> custom.form().value();
            case Shape.Section _ -> "keys, see below";
            case Shape.OneOf oneOf ->
                    "text, or one of the keys " + String.join(", ", oneOf.names());
            case Shape.Items items -> "list: " + type(items.item());
            case Shape.Named named -> "names, each with: " + type(named.value());
        };
    }

    /** The range, or nothing. */
    static String range(Option option) {
        if (option.min().isEmpty()) {
            return option.max().isEmpty() ? "" : "up to " + option.max();
        }
        return option.max().isEmpty()
                ? option.min() + " or more"
                : option.min() + " to " + option.max();
    }

    /** Range and what a change needs, as sentences. */
    static String facts(OptionSpec spec) {
        List<String> facts = new ArrayList<>();
        String range = range(spec.option());
        if (!range.isEmpty()) {
            facts.add("Allowed: " + range + ".");
        }
        if (!spec.option().reloadable()) {
            facts.add("A change needs a restart.");
        }
        return String.join(" ", facts);
    }
}
