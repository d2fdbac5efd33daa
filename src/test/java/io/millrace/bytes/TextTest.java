package io.millrace.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Short texts in place. */
final class TextTest {
    @ParameterizedTest
    @CsvSource({"0,0", "7,7", "007,7", "999999999999999999,999999999999999999"})
    void shouldReadDecimals(String text, long value) {
        assertThat(Text.decimal(bytes(text), 0, text.length())).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1 ", "1a", "0x1", "1000000000000000000", "0000000000000000001", "/", ":"})
    void shouldReadNothingElse(String text) {
        assertThat(Text.decimal(bytes(text), 0, text.length())).isEqualTo(Text.NOT_A_NUMBER);
    }

    @Test
    void shouldCompareLettersInAnyCase() {
        assertThat(Text.equalsIgnoreCase(bytes("xClOsEx"), 1, 5, new byte[] {'c', 'l', 'o', 's', 'e'})).isTrue();
        assertThat(Text.equalsIgnoreCase(bytes("close"), 0, 4, new byte[] {'c', 'l', 'o', 's', 'e'})).isFalse();
        assertThat(Text.equalsIgnoreCase(bytes("@"), 0, 1, new byte[] {'`'})).isFalse();
        assertThat(Text.equalsIgnoreCase(bytes("aX"), 1, 1, bytes("x"), 0, 1)).isTrue();
        assertThat(Text.equalsIgnoreCase(bytes("[a"), 0, 2, bytes("{a"), 0, 2)).isFalse();
    }

    private static UnsafeBuffer bytes(String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }
}
