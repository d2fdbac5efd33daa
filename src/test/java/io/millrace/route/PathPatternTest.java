package io.millrace.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.PathNormalizer;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PathPatternTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a",
                "/a/",
                "//",
                "/%61%7e%2D",
                "/%2f%c3%a9",
                "/a%2Ab",
                "/a,b;c=d@e!$&'()+",
                "/%25%20"
            })
    void shouldNormaliseLiteralsAsRequestPathsAre(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.US_ASCII);
        UnsafeBuffer normalised = new UnsafeBuffer(new byte[bytes.length]);
        int length = PathNormalizer.normalize(new UnsafeBuffer(bytes), 0, bytes.length, normalised);

        assertThat("/" + String.join("/", PathPattern.parse(path).segments()))
                .isEqualTo(normalised.getStringWithoutLengthAscii(0, length));
    }

    @Test
    void shouldEscapeWhatIsBeyondAscii() {
        assertThat(PathPattern.parse("/\u00e9 x").segments()).containsExactly("%C3%A9%20x");
    }

    @Test
    void shouldNameParametersAndTheRest() {
        PathPattern pattern = PathPattern.parse("/a/:id/b:c/*");

        assertThat(pattern.segments()).containsExactly("a", PathPattern.PARAMETER, "b:c");
        assertThat(pattern.parameters()).containsExactly("id", "*");
        assertThat(pattern.catchAll()).isTrue();
    }
}
