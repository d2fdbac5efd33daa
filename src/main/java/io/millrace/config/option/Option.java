package io.millrace.config.option;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares one option of the configuration file on the record component that holds it; owned by no
 * thread (constants).
 *
 * <p>Name and type are the component's own. The binder, the JSON Schema, the sample file and the
 * reference page all read this one declaration. Values in {@code defaultValue}, {@code min} and
 * {@code max} are written as in the file.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Option {
    /** What the option does, in one or two sentences. */
    String doc();

    /**
     * The value when the key is absent; empty: there is none. For an option that is a group of keys
     * and may be null, the word that may be written in place of the keys to have null.
     */
    String defaultValue() default "";

    /** Whether the key must be there. */
    boolean required() default false;

    /** The smallest value allowed; empty: no bound. */
    String min() default "";

    /** The largest value allowed; empty: no bound. */
    String max() default "";

    /** A value allowed outside the range, for instance a 0 that means "no limit". */
    String except() default "";

    /** A value as it could stand in the file; the sample shows it when there is no default. */
    String example() default "";

    /** How many entries a list or a map has at least when its key is there. */
    int minItems() default 0;

    /** What a text, or each text of a list, must look like as a whole. */
    String pattern() default "";

    /** Says {@code pattern} in words, continuing "it must be …". */
    String patternHint() default "";

    /** What each key of a map must look like as a whole. */
    String keyPattern() default "";

    /** Says {@code keyPattern} in words, continuing "it must be …". */
    String keyPatternHint() default "";

    /** The other option of which this one takes the place; empty: it stands beside all. */
    String insteadOf() default "";

    /** Which setting of another option this one belongs to, in words; empty: it always applies. */
    String onlyWith() default "";

    /** Whether a reload applies a change; otherwise it waits for a restart. */
    boolean reloadable() default true;
}
