package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.HeaderId;
import io.millrace.http.ResponseHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a response head means once it is admitted. */
final class ResponseParserTest {
    @Test
    void shouldFindEveryPart() {
        String text = "HTTP/1.1 404 Not Found\r\nDate: now\r\nContent-Length: 12\r\nX: \r\n\r\n";
        ResponseHead head = Wire.response(text + "Hello");

        assertThat(head.length).isEqualTo(text.length());
        assertThat(head.status).isEqualTo(404);
        assertThat(Wire.text(head.bytes, head.reasonOffset, head.reasonLength)).isEqualTo("Not Found");
        assertThat(head.minorVersion).isEqualTo(1);
        assertThat(head.contentLength).isEqualTo(12);
        assertThat(head.chunked).isFalse();
        assertThat(head.headers.indexOf(HeaderId.DATE)).isZero();
        assertThat(head.headers.indexOf(HeaderId.SERVER)).isEqualTo(-1);
        assertThat(head.headers.count()).isEqualTo(3);
    }

    @Test
    void shouldTakeAnEmptyReason() {
        assertThat(Wire.response("HTTP/1.1 204 \r\n\r\n").reasonLength).isZero();
    }

    @Test
    void shouldHaveNoLengthWithoutTheField() {
        ResponseHead head = Wire.response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");

        assertThat(head.contentLength).isEqualTo(ResponseHead.NO_LENGTH);
        assertThat(head.chunked).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1|A: b|true", "1|Connection: close|false", "0|A: b|false", "0|Connection: keep-alive|true"})
    void shouldKeepTheConnectionAsVersionAndOptionsSay(int minor, String field, boolean kept) {
        ResponseHead head = Wire.response("HTTP/1." + minor + " 200 OK\r\n" + field + "\r\n\r\n");

        assertThat(head.keepAlive).isEqualTo(kept);
    }

    @Test
    void shouldSayWhenConnectionNamesFields() {
        assertThat(Wire.response("HTTP/1.1 200 OK\r\nConnection: x-a, close\r\n\r\n").connectionNamesFields).isTrue();
        assertThat(Wire.response("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").connectionNamesFields).isFalse();
    }
}
