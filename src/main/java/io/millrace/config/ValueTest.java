package io.millrace.config;

/** A test of one header or query value; immutable, safe from any thread. */
public sealed interface ValueTest {
    /** The value is this text; in the file a plain string, or {@code {exact: …}}. */
    record Exact(String value) implements ValueTest {}

    /** There is such a field ({@code {present: true}}) or there is none ({@code {present: false}}). */
    record Present(boolean present) implements ValueTest {}

    /** The value begins with this text. */
    record Prefix(String value) implements ValueTest {}
}
