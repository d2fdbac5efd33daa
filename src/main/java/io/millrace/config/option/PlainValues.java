package io.millrace.config.option;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads plain values into what the records hold, and checks their range; owned by no thread. */
final class PlainValues {
    private PlainValues() {}

    /**
     * The value.
     *
     * @throws IllegalArgumentException with what is wrong, the value, and what would be right
     */
    static Object read(Shape.Plain shape, Node.Scalar node, Option option) {
        if (node.kind() == Node.Kind.NOTHING) {
            throw new IllegalArgumentException("there is no value; " + instead(option));
        }
        if (shape instanceof Shape.WholeNumber && node.kind() != Node.Kind.WHOLE_NUMBER) {
            throw new IllegalArgumentException(
                    Wording.quote(node.text())
                            + " is not a whole number"
                            + range(option, "; write one without quotes:"));
        }
        if (shape instanceof Shape.Flag && node.kind() != Node.Kind.FLAG) {
            throw new IllegalArgumentException(
                    Wording.quote(node.text()) + " is neither true nor false; write one of these");
        }
        return parse(shape, node.text(), option);
    }

    /** The value of a text that is known to be of the right kind. */
    static Object parse(Shape.Plain shape, String text, Option option) {
        return switch (shape) {
            case Shape.Text _ -> text(text, option);
            case Shape.WholeNumber _ -> wholeNumber(text, option);
            case Shape.Flag _ -> text.equalsIgnoreCase("true");
            case Shape.Size _ -> size(text, option);
            case Shape.Time _ -> time(text, option);
            case Shape.FilePath _ -> path(text);
            case Shape.Choice choice -> word(choice, text);
            case Shape.Custom custom -> custom(custom, text);
        };
    }

    private static String text(String text, Option option) {
        if (!option.pattern().isEmpty() && !Pattern.matches(option.pattern(), text)) {
            throw new IllegalArgumentException(
                    Wording.quote(text)
                            + " is not allowed here; it must be "
                            + option.patternHint());
        }
        return text;
    }

    private static int wholeNumber(String text, Option option) {
        long value;
        try {
            value = Integer.parseInt(text);
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException(
                    text + " is too large" + range(option, "; allowed:"));
        }
        checkRange(text, value, bound(option.min()), bound(option.max()), option);
        return (int) value;
    }

    private static long size(String text, Option option) {
        long value = Units.parseSize(text);
        if (!text.equals(option.except())) {
            Long min = option.min().isEmpty() ? null : Long.valueOf(Units.parseSize(option.min()));
            Long max = option.max().isEmpty() ? null : Long.valueOf(Units.parseSize(option.max()));
            checkRange(text, value, min, max, option);
        }
        return value;
    }

    private static Duration time(String text, Option option) {
        String example = option.example();
        Duration value = Units.parseDuration(text, example.isEmpty() ? "10s" : example);
        if (!text.equals(option.except())) {
            checkRange(text, micros(value), micros(option.min()), micros(option.max()), option);
        }
        return value;
    }

    private static Path path(String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException _) {
            // Falls through to the one message for both.
        }
        throw new IllegalArgumentException(
                Wording.quote(text) + " is not an absolute path; write one that begins with \"/\"");
    }

    private static Object word(Shape.Choice choice, String text) {
        Object constant = choice.constants().get(text);
        if (constant == null) {
            var words = choice.constants().keySet();
            throw new IllegalArgumentException(
                    Wording.quote(text)
                            + " is none of "
                            + String.join(", ", words)
                            + Wording.didYouMean(text, words, "; "));
        }
        return constant;
    }

    private static Object custom(Shape.Custom custom, String text) {
        try {
            return custom.type().getMethod("parse", String.class).invoke(null, text);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException wrong) {
                throw wrong;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Long bound(String text) {
        return text.isEmpty() ? null : Long.valueOf(text);
    }

    private static @Nullable Long micros(String text) {
        return text.isEmpty() ? null : Long.valueOf(micros(Units.parseDuration(text)));
    }

    private static long micros(Duration duration) {
        return TimeUnit.MICROSECONDS.convert(duration);
    }

    private static void checkRange(
            String text, long value, @Nullable Long min, @Nullable Long max, Option option) {
        if (min != null && value < min) {
            throw new IllegalArgumentException(
                    text + " is below the minimum " + option.min() + range(option, "; allowed:"));
        }
        if (max != null && value > max) {
            throw new IllegalArgumentException(
                    text + " is above the maximum " + option.max() + range(option, "; allowed:"));
        }
    }

    private static String range(Option option, String before) {
        String also = option.except().isEmpty() ? "" : ", or " + option.except();
        if (!option.min().isEmpty() && !option.max().isEmpty()) {
            return before + " " + option.min() + " to " + option.max() + also;
        }
        if (!option.min().isEmpty()) {
            return before + " " + option.min() + " or more" + also;
        }
        return option.max().isEmpty() ? "" : before + " " + option.max() + " or less" + also;
    }

    private static String instead(Option option) {
        if (!option.defaultValue().isEmpty()) {
            return "write one, or remove the key to have " + option.defaultValue();
        }
        return option.example().isEmpty()
                ? "write one"
                : "write one, for instance " + option.example();
    }
}
