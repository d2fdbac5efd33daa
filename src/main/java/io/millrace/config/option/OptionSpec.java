package io.millrace.config.option;

/**
 * One option: its key, what may be written, and its declaration; immutable, safe from any thread.
 *
 * @param absentIsNull whether the record takes null when the key is absent
 */
public record OptionSpec(String name, Shape shape, Option option, boolean absentIsNull) {
    /** True when a default is declared. */
    public boolean hasDefault() {
        return !option.defaultValue().isEmpty();
    }
}
