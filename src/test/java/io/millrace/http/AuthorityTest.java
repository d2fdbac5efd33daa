package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which hosts and ports are well formed. */
final class AuthorityTest {
    @ParameterizedTest
    @CsvSource({
        "a,1", "a:80,1", "a:,1", "a:0,1", "a:65535,1", "EXAMPLE.com,11", "a_b-c~1.,8", "192.0.2.1:8080,9",
        "[::]:80,4", "[::1],5", "[1::],5", "[1:2:3:4:5:6:7:8],17", "[1::8],6", "[::2:3:4:5:6:7:8],17",
        "[1:2:3:4:5:6:1.2.3.4],21", "[::ffff:255.0.0.1],18", "[ABCD::ef01],12", "[::1.2.3.4],11"
    })
    void shouldFindTheHost(String authority, int length) {
        assertThat(hostLength(authority)).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ":80", "a:65536", "a:99999999999", "a:8a", "a:-1", "a b", "a@b", "a/b", "a?b", "a#b", "a\\b",
                "a%20", "a,b", "a:80:", "[", "[]", "[::1", "::1", "[::1]a", "[:::]", "[:]", "[1]", "[1:2:3:4:5:6:7]",
                "[1:2:3:4:5:6:7:8:9]", "[1::2::3]", "[12345::]", "[g::]", "[1:]", "[1:2:3:4:5:6:7:]", "[:1]",
                "[::1.2.3]", "[::1.2.3.256]", "[::01.2.3.4]", "[::1.2.3.4.5]", "[::1.2.3.4:1]", "[1.2.3.4]", "[v1.a]",
                "[::%eth0]", "[1:2:3:4:5:6:7:1.2.3.4]", "[1:2:3:4:5:6:7::8]", "[::1..2.3]", "\u007f", "\u00e9"
            })
    void shouldRefuseWhatIsNoHostAndPort(String authority) {
        assertThat(hostLength(authority)).isEqualTo(Authority.INVALID);
    }

    private static int hostLength(String authority) {
        byte[] bytes = ("#" + authority).getBytes(StandardCharsets.ISO_8859_1);
        return Authority.hostLength(new UnsafeBuffer(bytes), 1, authority.length());
    }
}
