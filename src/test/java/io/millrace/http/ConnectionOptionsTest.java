package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the Connection field says. */
final class ConnectionOptionsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|0",
                "close|1",
                "CLOSE|1",
                "keep-alive|2",
                "Keep-Alive|2",
                "keep-alivf|4",
                "keep_alive|4",
                "leep-alive|4",
                "keepXalive|4",
                "keep-alive,|2",
                "keep-alive, x|6",
                "x|4",
                "close, keep-alive|3",
                ",,close,|1",
                "x-a ,\tclose|5",
                "closed|4",
                "keep alive|4"
            })
    void shouldCollectItsOptions(String value, int flags) {
        assertThat(ConnectionOptions.flags(bytes(value), table(value))).isEqualTo(flags);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x-a|x-a|true",
                "close, X-A|x-a|true",
                "x-ab|x-a|false",
                "x-|x-a|false",
                "''|x-a|false",
                "a, x-a ,b|x-a|true"
            })
    void shouldSayWhichFieldsItNames(String value, String name, boolean named) {
        UnsafeBuffer bytes = bytes(value + name);

        boolean result =
                ConnectionOptions.names(bytes, table(value), value.length(), name.length());

        assertThat(result).isEqualTo(named);
    }

    private static HeaderTable table(String value) {
        HeaderTable table = new HeaderTable(2);
        table.add(HeaderId.OTHER, 0, 0, 0, 0);
        table.add(HeaderId.CONNECTION, 0, 0, 0, value.length());
        return table;
    }

    private static UnsafeBuffer bytes(String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }
}
