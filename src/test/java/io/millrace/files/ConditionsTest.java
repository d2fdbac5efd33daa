package io.millrace.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConditionsTest {
    private static final long NOW = 2_000_000_000L;
    private static final long MODIFIED = 784_111_777L;
    private static final String THEN = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT";

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '\0',
            value = {
                "If-Match: \"v\" > 200",
                "If-Match: \"a,b\", \"v\" > 200",
                "If-Match: \"v > 412",
                "If-Match: v > 412",
                "If-Match: W/\"v\" > 412",
                "If-Match: *, \"v\" > 412",
                "If-None-Match: W/\"v\" > 304",
                "If-None-Match: \"x\",,\"v\" > 304",
                "If-None-Match: \"x\"\"v\" > 304",
                "If-None-Match: w/\"v\" > 200",
                "If-None-Match: \"vv\" > 200"
            })
    void shouldCompareTags(String field, int expected) {
        assertThat(evaluate(field)).isEqualTo(expected);
    }

    @Test
    void shouldFollowTheOrderOfTheStandard() {
        String same = "If-None-Match: \"v\"";
        String other = "If-None-Match: \"x\"";
        assertThat(evaluate("If-Modified-Since: " + THEN)).isEqualTo(304);
        assertThat(evaluate("If-Modified-Since: " + BEFORE)).isEqualTo(200);
        assertThat(evaluate("If-Unmodified-Since: " + THEN)).isEqualTo(200);
        assertThat(evaluate("If-Unmodified-Since: " + BEFORE)).isEqualTo(412);
        assertThat(evaluate("If-Match: \"v\"", "If-Unmodified-Since: " + BEFORE)).isEqualTo(200);
        assertThat(evaluate("If-Match: \"x\"", same)).isEqualTo(412);
        assertThat(evaluate("If-Match: \"v\"", same)).isEqualTo(304);
        assertThat(evaluate(other, "If-Modified-Since: " + THEN)).isEqualTo(200);
        assertThat(evaluate(same, "If-Modified-Since: " + BEFORE)).isEqualTo(304);
        assertThat(evaluate("If-Unmodified-Since: " + BEFORE, same)).isEqualTo(412);
    }

    @Test
    void shouldNotHearDatesThatAreNoneOrMany() {
        assertThat(evaluate("If-Unmodified-Since: never")).isEqualTo(200);
        assertThat(evaluate("If-Modified-Since: never")).isEqualTo(200);
        String since = "If-Modified-Since: " + THEN;
        assertThat(evaluate(since, since)).isEqualTo(200);
    }

    @Test
    void shouldLetIfRangeDecideByStrongValidatorsOnly() {
        assertThat(rangeCounts(NOW)).isTrue();
        assertThat(rangeCounts(NOW, "If-Range: \"v\"")).isTrue();
        assertThat(rangeCounts(NOW, "If-Range: W/\"v\"")).isFalse();
        assertThat(rangeCounts(NOW, "If-Range: \"x\"")).isFalse();
        assertThat(rangeCounts(NOW, "If-Range: " + THEN)).isTrue();
        assertThat(rangeCounts(NOW, "If-Range: " + BEFORE)).isFalse();
        assertThat(rangeCounts(MODIFIED + 1, "If-Range: " + THEN)).isFalse();
        assertThat(rangeCounts(NOW, "If-Range: \"v\"", "If-Range: \"v\"")).isFalse();
    }

    private static int evaluate(String... fields) {
        return Conditions.evaluate(Asked.with(fields), Asked.file(MODIFIED), NOW);
    }

    private static boolean rangeCounts(long nowSeconds, String... fields) {
        return Conditions.rangeCounts(Asked.with(fields), Asked.file(MODIFIED), nowSeconds);
    }
}
