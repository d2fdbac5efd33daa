package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpDateTest {
    private static final long EXAMPLE = 784_111_777L;
    private static final long NOW = 1_800_000_000L;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994"
            })
    void shouldReadAllThreeForms(String date) {
        assertThat(parse(date)).isEqualTo(EXAMPLE);
    }

    @Property
    void shouldReadWhatItWrites(
            @ForAll @LongRange(min = -60_000_000_000L, max = 250_000_000_000L) long seconds) {
        assertThat(parse(HttpDate.format(seconds))).isEqualTo(seconds);
    }

    @Property
    void shouldReadTheOlderForms(
            @ForAll @LongRange(min = 300_000_000L, max = 2_000_000_000L) long seconds) {
        var time = java.time.Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.UTC);
        String asctime =
                DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT).format(time);
        String rfc850 =
                DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.ROOT)
                        .format(time);
        assertThat(parse(asctime)).isEqualTo(seconds);
        assertThat(parse(rfc850)).isEqualTo(seconds);
    }

    @Test
    void shouldTakeTwoDigitsForAYearThatIsNotFarAhead() {
        long thisYear2027 = NOW;
        assertThat(parse("Friday, 01-Jan-77 00:00:00 GMT", thisYear2027)).isEqualTo(at(2077));
        assertThat(parse("Friday, 01-Jan-78 00:00:00 GMT", thisYear2027)).isEqualTo(at(1978));
    }

    private static long at(int year) {
        return LocalDate.of(year, 1, 1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "yesterday",
                "0",
                "Sun, 06 Nov 1994 08:49:37",
                "Sun, 06 Nov 1994 08:49:37 CET",
                "Sun, 06 nov 1994 08:49:37 GMT",
                "Sun, 06-Nov-1994 08:49:37 GMT",
                "Sun, 00 Nov 1994 08:49:37 GMT",
                "Sun, 32 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 24:49:37 GMT",
                "Sun, 06 Nov 1994 08:60:37 GMT",
                "Sun, 06 Nov 1994 08.49.37 GMT",
                "Sun, 06 Nov 19x4 08:49:37 GMT",
                "Sunday, 06-Nov-x4 08:49:37 GMT",
                "Sun Nov xx 08:49:37 1994",
                "Sun,Nov, 6 08:49:37 1994"
            })
    void shouldTakeNothingElseForADate(String text) {
        assertThat(parse(text)).isEqualTo(HttpDate.NONE);
    }

    private static long parse(String text) {
        return parse(text, NOW);
    }

    private static long parse(String text, long nowSeconds) {
        byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.US_ASCII);
        return HttpDate.parse(new UnsafeBuffer(bytes), 1, text.length(), nowSeconds);
    }
}
