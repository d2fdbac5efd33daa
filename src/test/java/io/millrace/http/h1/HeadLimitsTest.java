package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.HeadLimits;
import io.millrace.http.RequestHead;
import io.millrace.http.ResponseHead;
import org.junit.jupiter.api.Test;

/** What a head may measure, to the byte. */
final class HeadLimitsTest {
    private static final HeadLimits LIMITS = new HeadLimits(40, 60, 3);
    private static final String START = "GET / HTTP/1.1\r\nHost: h\r\n";

    @Test
    void shouldAdmitALineOfExactlyTheLimit() {
        String frame = "GET / HTTP/1.1";
        String line = "GET /" + "a".repeat(40 - frame.length()) + " HTTP/1.1";

        assertThat(parse(line + "\r\nHost: h\r\n\r\n")).isEqualTo("complete");
        assertThat(parse(line.replace("/a", "/aa") + "\r\nHost: h\r\n\r\n")).isEqualTo("LINE_TOO_LONG");
    }

    @Test
    void shouldRefuseALongLineBeforeItEnds() {
        assertThat(parse("GET /" + "a".repeat(36))).isEqualTo("incomplete");
        assertThat(parse("GET /" + "a".repeat(37))).isEqualTo("LINE_TOO_LONG");
        assertThat(parse("G".repeat(42))).isEqualTo("LINE_TOO_LONG");
        assertThat(parse("GET /?" + "a".repeat(36))).isEqualTo("LINE_TOO_LONG");
        assertThat(parse("GET http://" + "a".repeat(36))).isEqualTo("LINE_TOO_LONG");
    }

    @Test
    void shouldAdmitFieldsOfExactlyTheLimit() {
        String host = "Host: h\r\n";
        String rest = "A: " + "b".repeat(60 - host.length() - "A: \r\n".length()) + "\r\n";

        assertThat(parse("GET / HTTP/1.1\r\n" + host + rest + "\r\n")).isEqualTo("complete");
        assertThat(parse("GET / HTTP/1.1\r\n" + host + "b" + rest + "\r\n")).isEqualTo("HEADERS_TOO_LARGE");
    }

    @Test
    void shouldRefuseLargeFieldsBeforeTheyEnd() {
        assertThat(parse(START + "A: " + "b".repeat(49))).isEqualTo("incomplete");
        assertThat(parse(START + "A: " + "b".repeat(50))).isEqualTo("HEADERS_TOO_LARGE");
        assertThat(parse(START + "A".repeat(53))).isEqualTo("HEADERS_TOO_LARGE");
        assertThat(parse(START + "A:" + " ".repeat(51))).isEqualTo("HEADERS_TOO_LARGE");
    }

    @Test
    void shouldCountFields() {
        assertThat(parse(START + "A:\r\nB:\r\n\r\n")).isEqualTo("complete");
        assertThat(parse(START + "A:\r\nB:\r\nC")).isEqualTo("TOO_MANY_HEADERS");
    }

    @Test
    void shouldRefuseMoreFieldsThanTheTableHolds() {
        Wire wire = Wire.of(START + "A:\r\nB:\r\n\r\n");

        int result = wire.request(wire.length(), HeadLimits.DEFAULT, new RequestHead(2));

        assertThat(Wire.describe(result)).isEqualTo("TOO_MANY_HEADERS");
    }

    @Test
    void shouldHoldResponsesToTheSameLimits() {
        assertThat(parseResponse("HTTP/1.1 200 " + "a".repeat(27) + "\r\n\r\n")).isEqualTo("complete");
        assertThat(parseResponse("HTTP/1.1 200 " + "a".repeat(28) + "\r\n\r\n")).isEqualTo("LINE_TOO_LONG");
        assertThat(parseResponse("HTTP/1.1 200 " + "a".repeat(29))).isEqualTo("LINE_TOO_LONG");
        assertThat(parseResponse("HTTP/1.1 200 \r\nA: " + "b".repeat(59))).isEqualTo("HEADERS_TOO_LARGE");
    }

    @Test
    void shouldDecideWithinTheBytesThatHeadBytesTells() {
        String largest = "\r\nGET /" + "a".repeat(26) + " HTTP/1.1\r\nHost: h\r\nA: " + "b".repeat(46) + "\r\n\r\n";

        assertThat(largest).hasSize(LIMITS.headBytes());
        assertThat(parse(largest)).isEqualTo("complete");
        assertThat(parse("\r\n" + "G".repeat(LIMITS.headBytes() - 2))).isEqualTo("LINE_TOO_LONG");
        assertThat(parse(largest.substring(0, largest.length() - 4) + "bbbb")).isEqualTo("HEADERS_TOO_LARGE");
    }

    private static String parse(String text) {
        Wire wire = Wire.of(text);
        return Wire.describe(wire.request(wire.length(), LIMITS, new RequestHead(10)));
    }

    private static String parseResponse(String text) {
        Wire wire = Wire.of(text);
        return Wire.describe(wire.response(wire.length(), LIMITS, new ResponseHead(10)));
    }
}
