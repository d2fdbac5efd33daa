package io.millrace.config;

import io.millrace.config.option.Option;

/** A test of one header or query value; immutable, safe from any thread. */
public sealed interface ValueTest {
    /** The value is this text; in the file a plain string, or {@code {exact: …}}. */
    record Exact(@Option(doc = "The value is this text.", example = "v1") String exact)
            implements ValueTest {
        /** The text. */
        public String value() {
            return exact;
        }
    }

    /**
     * There is such a field ({@code {present: true}}) or there is none ({@code {present: false}}).
     */
    record Present(
            @Option(doc = "true: there is a value; false: there is none.", example = "true")
                    boolean present)
            implements ValueTest {}

    /** The value begins with this text. */
    record Prefix(@Option(doc = "The value begins with this text.", example = "v") String prefix)
            implements ValueTest {
        /** The text. */
        public String value() {
            return prefix;
        }
    }
}
