package io.millrace.config.option;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a type that is written as one plain value and read by its own public static {@code
 * parse(String)}, which throws {@link IllegalArgumentException} with what is wrong and what would
 * be right; owned by no thread (constants).
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface WrittenAs {
    /** The type's name for people, with its article. */
    String value();

    /** A regular expression, for editors, that every valid value matches as a whole. */
    String pattern();
}
