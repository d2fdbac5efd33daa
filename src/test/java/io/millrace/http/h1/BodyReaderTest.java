package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where a body ends. */
final class BodyReaderTest {
    private final BodyReader body = new BodyReader();

    @Test
    void shouldBeCompleteAtOnceWithoutABody() {
        body.startNone();

        assertThat(body.isComplete()).isTrue();
        assertThat(consume("next")).isZero();
    }

    @Test
    void shouldCountALengthDown() {
        body.startLength(7);

        assertThat(consume("abcd")).isEqualTo(4);
        assertThat(body.isComplete()).isFalse();
        assertThat(consume("efgNEXT")).isEqualTo(3);
        assertThat(body.isComplete()).isTrue();
        assertThat(body.dataBytes()).isEqualTo(7);
        assertThat(consume("NEXT")).isZero();
    }

    @Test
    void shouldLeaveWhatFollowsTheLastChunk() {
        body.startChunked();
        String message = "3\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n";

        assertThat(consume(message + "GET / HTTP/1.1")).isEqualTo(message.length());
        assertThat(body.isComplete()).isTrue();
        assertThat(body.isChunked()).isTrue();
        assertThat(body.dataBytes()).isEqualTo(5);
    }

    @Test
    void shouldGoOnInTheMiddleOfAChunk() {
        body.startChunked();

        assertThat(consume("a\r\n0123")).isEqualTo(7);
        assertThat(body.dataBytes()).isEqualTo(4);
        assertThat(consume("456789\r")).isEqualTo(7);
        assertThat(consume("\n0\r\n\r")).isEqualTo(5);
        assertThat(body.isComplete()).isFalse();
        assertThat(consume("\n")).isEqualTo(1);
        assertThat(body.isComplete()).isTrue();
        assertThat(body.dataBytes()).isEqualTo(10);
    }

    @Test
    void shouldReportMalformedChunks() {
        body.startChunked();

        assertThat(Wire.describe(consume("1\r\nab\r\n"))).isEqualTo("BAD_CHUNK");
    }

    @Test
    void shouldEndWithTheConnectionOnlyWhenNothingElseEndsIt() {
        body.startUntilClose();
        assertThat(consume("abc")).isEqualTo(3);
        assertThat(body.isComplete()).isFalse();
        assertThat(body.endOfInput()).isTrue();
        assertThat(body.isComplete()).isTrue();
        assertThat(body.dataBytes()).isEqualTo(3);

        body.startLength(5);
        consume("1234");
        assertThat(body.endOfInput()).isFalse();
        body.startChunked();
        consume("1\r\na\r\n");
        assertThat(body.endOfInput()).isFalse();
    }

    @Test
    void shouldStartAfreshAfterAnyBody() {
        body.startChunked();
        consume("5\r\nab");
        body.startChunked();

        assertThat(consume("1\r\na\r\n0\r\n\r\n")).isEqualTo(11);
        assertThat(body.dataBytes()).isEqualTo(1);
    }

    @Test
    void shouldBoundExtensionsAndTrailers() {
        body.startChunked();
        assertThat(Wire.describe(consume("1;" + "x".repeat(4097)))).isEqualTo("BAD_CHUNK");
        body.startChunked();
        assertThat(Wire.describe(consume("0\r\nA: " + "x".repeat(8192)))).isEqualTo("BAD_TRAILER");
        body.startChunked();
        assertThat(Wire.describe(consume("0\r\n" + "A:\r\n".repeat(33)))).isEqualTo("BAD_TRAILER");
        body.startChunked();
        consume("0\r\n" + "A:\r\n".repeat(32) + "\r\n");
        assertThat(body.isComplete()).isTrue();
    }

    private int consume(String text) {
        Wire wire = Wire.of("##" + text);
        return body.consume(wire.bytes(), 2, text.length());
    }
}
