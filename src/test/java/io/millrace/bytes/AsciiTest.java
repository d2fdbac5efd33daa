package io.millrace.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The tables against the grammars they stand for. */
final class AsciiTest {
    @Test
    void shouldFollowTheGrammars() {
        for (int c = 0; c < 256; c++) {
            byte b = (byte) c;
            String s = String.valueOf((char) c);
            assertThat(Ascii.isToken(b)).as("token %d", c).isEqualTo(s.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]"));
            assertThat(Ascii.isValue(b)).as("value %d", c).isEqualTo(s.matches("[\\t\\x20-\\x7e\\x80-\\xff]"));
            assertThat(Ascii.isUnreserved(b)).as("unreserved %d", c).isEqualTo(s.matches("[0-9A-Za-z._~-]"));
            assertThat(Ascii.isHost(b)).as("host %d", c).isEqualTo(s.matches("[0-9A-Za-z._~!$&'()*+;=-]"));
            assertThat(Ascii.isPath(b)).as("path %d", c).isEqualTo(s.matches("[\\x21-\\x7e&&[^\"#<>?\\\\]]"));
            assertThat(Ascii.isPlainPath(b)).as("plain path %d", c).isEqualTo(s.matches("[\\x21-\\x7e&&[^\"#<>?\\\\%.]]"));
            assertThat(Ascii.isPlainQuery(b)).as("query %d", c).isEqualTo(s.matches("[\\x21-\\x7e&&[^\"#<>%]]"));
            assertThat(Ascii.isDigit(b)).as("digit %d", c).isEqualTo(s.matches("[0-9]"));
            assertThat(Ascii.hexValue(b)).as("hex %d", c).isEqualTo("0123456789abcdef".indexOf(s.matches("[A-F]") ? s.toLowerCase(Locale.ROOT) : s));
        }
    }
}
