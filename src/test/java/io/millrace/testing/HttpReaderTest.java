package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shows that the reader which judges the gateway is itself strict; owned by the test's thread. */
final class HttpReaderTest {
    @Test
    void shouldReadMessagesOneAfterTheOther() throws Exception {
        HttpReader reader =
                reader(
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nhi"
                                + "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n");
        Response first = reader.readResponse();
        assertThat(first.text()).isEqualTo("hi");
        assertThat(first.header("x-a")).isEqualTo("b");
        Response second = reader.readResponse();
        assertThat(second.text()).isEqualTo("abc");
        assertThat(second.trailers().value("t")).isEqualTo("u");
        assertThat(reader.readByte()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n",
                "HTTP/1.1 200 OK\r\nContent-Len",
                "",
            })
    void shouldTellAnIncompleteMessage(String bytes) {
        assertThatThrownBy(() -> reader(bytes).readResponse())
                .isInstanceOf(IncompleteMessageException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi!0\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
            })
    void shouldNotAcceptAMalformedMessage(String bytes) {
        assertThatThrownBy(() -> reader(bytes).readResponse()).isInstanceOf(AssertionError.class);
    }

    private static HttpReader reader(String bytes) {
        return new HttpReader(
                new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
